"""What tools/refresh stores: text once, without what a bar erased or what differs from run to run."""

from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import nbformat
import pytest

PATH = Path(__file__).resolve().parents[2] / "tools" / "refresh"


@pytest.fixture(scope="module")
def refresh():
    loader = SourceFileLoader("refresh", str(PATH))
    module = module_from_spec(spec_from_loader("refresh", loader))
    loader.exec_module(module)
    return module


def stream(text):
    return nbformat.v4.new_output("stream", name="stdout", text=text)


@pytest.mark.parametrize(
    ("pieces", "stored"),
    [
        (["one\n", "two\n"], ["one\ntwo\n"]),
        (["\rhalf", "\rwhole", "\r     \r", "trained\n"], ["trained\n"]),
        (["\r 10 %", "\r       \r"], []),
        ([" indented table\n"], [" indented table\n"]),
    ],
)
def test_streams_are_joined_and_bars_left_out(refresh, pieces, stored):
    cell = nbformat.v4.new_code_cell("pass", outputs=[stream(piece) for piece in pieces])
    cell.metadata["execution"] = {"iopub.status.busy": "now"}
    varying = {"language_info": {"name": "python", "version": "3.11.7"}}
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata=varying)
    refresh.settle(notebook)
    assert [output.text for output in notebook.cells[0].outputs] == stored
    assert "execution" not in notebook.cells[0].metadata
    assert notebook.metadata == refresh.METADATA


def test_of_a_widget_the_text_is_stored(refresh):
    data = {"text/plain": "A text box.", "application/vnd.jupyter.widget-view+json": {"model_id": "4f1c"}}
    cell = nbformat.v4.new_code_cell("pass", outputs=[nbformat.v4.new_output("display_data", data=data)])
    refresh.settle(nbformat.v4.new_notebook(cells=[cell]))
    assert cell.outputs[0].data == {"text/plain": "A text box."}


def test_a_notebook_that_stops_is_not_written(refresh, tmp_path):
    path = tmp_path / "01_a.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 / 0")]), path)
    before = path.read_bytes()
    with pytest.raises(Exception, match="ZeroDivisionError"):
        refresh.refresh(path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["01_a.ipynb"]
