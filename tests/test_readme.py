"""What the README promises is there."""

import re
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def headers():
    """Return ``{file name: (minutes to read, with the exercises, to run)}`` as the notebooks state them."""
    found = {}
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        header = nbformat.read(path, 4).cells[0].source
        read = re.search(r"([\d.]+) minutes? to read", header).group(1)
        worked = re.search(r"([\d.]+) with the exercises", header).group(1)
        run = re.search(r"([\d.]+) minutes? to run", header).group(1)
        found[path.name] = (read, worked, run)
    return found


def test_the_contents_table_is_the_notebooks_own():
    rows = re.findall(r"^\| \[.*?\]\(notebooks/(\S+?)\) \| (\d+) min \| (\d+) min \| ([\d.]+) min \|", README, re.M)
    assert {name: tuple(minutes) for name, *minutes in rows} == headers()
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)


def test_every_make_target_it_names_exists():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", README, re.M))
    assert {"lab", "test", "run", "refresh", "bench"} <= named <= targets


def test_every_link_to_a_file_leads_somewhere():
    for target in re.findall(r"\]\((?!https?://|#)([^)]+)\)", README):
        assert (ROOT / target).exists(), target


def test_every_subcommand_it_names_exists():
    from lstm_course.commands.main import main

    named = set(re.findall(r"lstm-course ([a-z]+)", README))
    assert named <= set(main.commands)


def test_the_quick_start_is_two_commands():
    section = README.split("## Quick start")[1].split("Without `make`")[0]
    assert re.findall(r"^```\n(.*?)\n```", section, re.M | re.S) == ["make lab", "make test"]
