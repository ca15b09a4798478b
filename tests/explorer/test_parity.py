"""The explorer's arithmetic is the package's: every gate, state and probability of 200 texts within 1e-4."""

import base64
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from explorer_texts import ODD, row_of

from lstm_course.explorer import files
from lstm_course.models import rnn, weights
from lstm_course.models.quiet import tf

HERE = Path(__file__).parent
NAMES = ("i", "f", "g", "o", "c", "h", "probabilities")
NODE = shutil.which("node")


@pytest.fixture(scope="module")
def from_node(some_texts):
    """What the modules make of the texts in Node."""
    if NODE is None:
        pytest.skip("needs Node: apt-get install nodejs")
    command = [NODE, str(HERE / "answers.mjs"), str(files.STATIC), str(weights.FOLDER)]
    found = subprocess.run(command, input=json.dumps(some_texts[0]), capture_output=True, text=True, check=True)
    return [json.loads(line) for line in found.stdout.splitlines()]


@pytest.fixture(scope="module")
def from_browser(some_texts, site, browser):
    """What they make of the texts in Chromium."""
    page = browser.new_page()
    page.goto(f"{site}/index.html")
    page.add_script_tag(content=(HERE / "answers.mjs").read_text() + "globalThis.answers = answers;", type="module")
    page.wait_for_function("typeof globalThis.answers === 'function'")
    script = """async (texts) => {
        const folder = new URL(".", location.href).href.slice(0, -1);
        const get = async (name) => (await fetch(name)).arrayBuffer();
        const words = await (await fetch("source.txt")).text();
        return answers(folder, { weights: await get("source.npz"), rnn: await get("simple-rnn.npz"), words }, texts);
    }"""
    yield page.evaluate(script, some_texts[0])
    page.close()


@pytest.mark.parametrize("answers", ["from_node", "from_browser"])
def test_every_gate_state_and_probability_is_the_packages(answers, some_texts, request):
    found = request.getfixturevalue(answers)
    assert len(found) == len(some_texts[0]) == 200
    for text, answer, expected in zip(some_texts[0], found, some_texts[1], strict=True):
        assert answer["ids"] == expected["ids"].tolist(), text
        for name, packed in zip(NAMES, answer["packed"], strict=True):
            values = np.frombuffer(base64.b64decode(packed), np.float32).reshape(expected[name].shape)
            np.testing.assert_allclose(values, expected[name], rtol=0, atol=1e-4, err_msg=f"{name}: {text[:80]}")
        assert values[-1] == pytest.approx(expected["last"], abs=1e-4), text


@pytest.mark.parametrize("name", ["source", "simple-rnn"])
def test_gradients_are_those_of_the_tape(name, some_texts, from_node):
    source, word_index = weights.load("source")
    model = source if name == "source" else rnn.load()
    embedding, recurrent, dense = model.layers
    for place in [0, 2, 4, len(ODD), len(ODD) + 1, len(ODD) + 3]:
        row, steps = row_of(some_texts[0][place], word_index)
        vectors = tf.convert_to_tensor(embedding(row[None]))
        with tf.GradientTape() as tape:
            tape.watch(vectors)
            log_odds = recurrent(vectors, training=False) @ dense.kernel + dense.bias
        expected = np.linalg.norm(tape.gradient(log_odds, vectors)[0, -steps:], axis=-1)
        answer = from_node[place]
        found = answer["gradient"] if name == "source" else answer["rnn"]["gradient"]
        np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-6)
        if name == "simple-rnn":
            assert answer["rnn"]["probability"] == pytest.approx(model.predict(row[None], verbose=0)[0, 0], abs=1e-4)
