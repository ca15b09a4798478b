"""Notebook 07's own models are the package's, and the script that it quotes is the source script's."""

import ast
import re

import nbformat
import numpy as np
import pytest
from notebook_cells import NOTEBOOKS, namespace

from lstm_course import models
from lstm_course.models.quiet import keras

NAME = "07_imdb_lstm"


def configuration(model):
    """Return what defines a model, without the numbers that Keras gives to names over a session."""
    model.build((None, 100))
    return re.sub(r'_\d+(?=")', "", model.to_json())


@pytest.mark.parametrize(("cell", "build"), [("model", models.source_lstm), ("lean-model", models.lean_lstm)])
def test_the_notebooks_model_is_the_packages(cell, build):
    names = namespace(NAME, cell, keras=keras, max_features=20_000)
    own = names["model"] if cell == "model" else names["lean_lstm"]()
    assert configuration(own) == configuration(build())


def test_the_quoted_script_is_python_and_has_the_cells_settings():
    notebook = nbformat.read(NOTEBOOKS / f"{NAME}.ipynb", as_version=4)
    (prose,) = (cell.source for cell in notebook.cells if cell.id == "script")
    quoted = ast.unparse(ast.parse(re.search(r"```python\n(.*?)```", prose, re.S).group(1)))
    for statement in (
        "max_features = 20000",
        "maxlen = 100",
        "batch_size = 32",
        "Embedding(max_features, 128)",
        "LSTM(64, dropout=0.2, recurrent_dropout=0.2)",
        "Dense(1, activation='sigmoid')",
        "model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])",
        "epochs=10, validation_data=(input_test, y_test)",
    ):
        assert statement in quoted


def test_shuffling_keeps_pads_in_front_and_words_in_the_row():
    rows = np.array([[0, 0, 5, 6, 7], [1, 2, 3, 4, 5]])
    orders = namespace(NAME, "shuffle", np=np, input_test=rows)["orders"]
    assert len(np.unique(orders, axis=0)) > 1, "every seed should draw an order of its own"
    for shuffled in orders:
        assert (shuffled[0, :2] == 0).all()
        np.testing.assert_array_equal(np.sort(shuffled), np.sort(rows))
