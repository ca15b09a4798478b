"""What the explorer is made of goes out whole, small, and as one module to the widget."""

import re
import shutil
import subprocess

import pytest

from lstm_course.explorer import explorer, files
from lstm_course.models import weights

MODULES = sorted(path.name for path in files.STATIC.glob("*.js"))
TOP_LEVEL = re.compile(r"^(?:export )?(?:async )?(?:const|let|function|class) (?:\[([^\]]+)\]|(\w+))", re.MULTILINE)


def test_the_folder_for_a_page_is_whole_and_within_six_megabytes(tmp_path):
    files.copy_to(tmp_path / "explorer")
    written = list((tmp_path / "explorer").iterdir())
    assert {"index.html", "explorer.css", "source.npz", "simple-rnn.npz", "source.txt", *MODULES} == {
        path.name for path in written
    }
    assert sum(path.stat().st_size for path in written) < 6e6
    assert (tmp_path / "explorer" / "source.npz").read_bytes() == weights.files("source")["npz"]


def test_the_widget_gets_every_module_once_and_imports_nothing():
    source = files.one_module()
    for name in MODULES:
        comment = (files.STATIC / name).read_text(encoding="utf-8").split("\n")[0]
        assert comment.startswith("// ")
        assert source.count(comment) == 1
    assert not re.search(r"^import ", source, re.MULTILINE)
    assert source.count("export default") == 1


def test_no_two_modules_share_a_name():
    found = []
    for name in MODULES:
        matches = TOP_LEVEL.findall((files.STATIC / name).read_text(encoding="utf-8"))
        found += [each.strip() for several, one in matches for each in (several or one).split(",")]
    assert len(found) > 50
    assert sorted(found) == sorted(set(found))


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node: apt-get install nodejs")
def test_the_one_module_is_sound_javascript(tmp_path):
    path = tmp_path / "explorer.mjs"
    path.write_text(files.one_module(), encoding="utf-8")
    found = subprocess.run(["node", "--check", str(path)], capture_output=True, text=True)
    assert found.returncode == 0, found.stderr


def test_modules_are_short_and_ask_for_nothing_outside():
    for name in MODULES:
        source = (files.STATIC / name).read_text(encoding="utf-8")
        assert source.count("\n") <= 400, name
        assert set(re.findall(r"https?://[^\s\"')]+", source)) <= {"http://www.w3.org/2000/svg"}, name
        assert "innerHTML" not in source, "what a person typed is text"


def test_the_widget_keeps_no_weights_in_its_state():
    widget = explorer("A wonderful film.")
    assert widget.text == "A wonderful film."
    assert sum(len(str(value)) for value in widget.get_state().values()) < 200_000
    assert "Shift+Enter" in widget._repr_mimebundle_()[0]["text/plain"]
    sent = []
    widget.send = lambda content, buffers: sent.append((content, buffers))
    widget._answer(widget, "files", [])
    assert sent == [("files", [*files.model_files().values()])]


def test_a_text_that_is_none_is_named():
    with pytest.raises(TypeError, match=r"text: expected a string, found int; write explorer"):
        explorer(7)


def test_the_accuracies_that_the_page_states_are_those_of_the_cards():
    names = (files.STATIC / "names.js").read_text(encoding="utf-8")
    (lstm, simple) = re.search(r"ACCURACY = \{ lstm: ([\d.]+), rnn: ([\d.]+) \}", names).groups()
    assert float(lstm) == weights.card("source")["test_accuracy"]
    assert float(simple) == weights.card("simple-rnn")["test_accuracy"]
