"""What the explorer is made of: its modules, its style, and the files of the shipped models."""

import re
import shutil
from pathlib import Path

from lstm_course.models import weights

STATIC = Path(__file__).parent / "static"
MAIN = "explorer.js"
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w.]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)


def model_files() -> dict[str, bytes]:
    """Return the contents of the files that the explorer reads, by their names, compared with their cards.

    Raises:
        ValueError: a file is not the one that belongs to its card.
        FileNotFoundError: a file is missing.
    """
    source, simple = weights.files("source"), weights.files("simple-rnn")
    return {"source.npz": source["npz"], "simple-rnn.npz": simple["npz"], "source.txt": source["txt"]}


def copy_to(folder: Path) -> None:
    """Write a folder that a page can load: ``import { start } from "./explorer.js"``.

    Args:
        folder: is made if need be; what the explorer does not write is left as it is.
    """
    shutil.copytree(STATIC, folder, dirs_exist_ok=True)
    for name, content in model_files().items():
        (Path(folder) / name).write_bytes(content)


def one_module() -> str:
    """Return all modules in one, as a widget has to have them: each after those that it imports, and once.

    Module-level names are shared then; a test holds that no two modules have the same.
    """
    written: dict[str, str] = {}

    def write(name):
        if name not in written:
            source = (STATIC / name).read_text(encoding="utf-8")
            written[name] = ""  # begun: a module may be imported again on the way here
            for imported in _IMPORT.findall(source):
                write(imported)
            source = _IMPORT.sub("", source)
            written[name] = written.pop(name) + (source if name == MAIN else _EXPORT.sub("", source))

    write(MAIN)
    return "\n".join(written.values())
