"""The explorer's arithmetic is the package's: every gate, state and probability of 200 texts within 1e-4."""

import base64
import json
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from explorer_texts import ODD, row_of

from lstm_course import interpret
from lstm_course.explorer import files
from lstm_course.models import rnn, weights
from lstm_course.models.quiet import tf

HERE = Path(__file__).parent
NAMES = ("i", "f", "g", "o", "c", "h", "probabilities")
NODE = shutil.which("node")
LONG = "A slow start, a dull middle, and then the most wonderful ending that I have seen for years. " * 6  # no pads
UNIT = 7  # as in answers.mjs


def in_node(texts) -> list[dict]:
    """Return what the explorer's modules make of texts, or of states with hands in them."""
    if NODE is None:
        pytest.skip("needs Node: apt-get install nodejs")
    command = [NODE, str(HERE / "answers.mjs"), str(files.STATIC), str(weights.FOLDER)]
    found = subprocess.run(command, input=json.dumps(texts), capture_output=True, text=True, check=True)
    return [json.loads(line) for line in found.stdout.splitlines()]


@pytest.fixture(scope="module")
def from_node(some_texts):
    """What the modules make of the texts in Node."""
    return in_node(some_texts[0])


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


def gradient_norms(model, row):
    """Return the norm of the gradient of the log-odds with respect to each word's vector, (steps,)."""
    embedding, recurrent, dense = model.layers
    vectors = tf.convert_to_tensor(embedding(row[None]))
    with tf.GradientTape() as tape:
        tape.watch(vectors)
        log_odds = recurrent(vectors, training=False) @ dense.kernel + dense.bias
    return np.linalg.norm(tape.gradient(log_odds, vectors)[0], axis=-1)


@pytest.mark.parametrize("name", ["source", "simple-rnn"])
def test_gradients_are_those_of_the_tape(name, some_texts, from_node):
    source, word_index = weights.load("source")
    model = source if name == "source" else rnn.load()
    for place in [0, 2, 4, len(ODD), len(ODD) + 1, len(ODD) + 3]:
        row, steps = row_of(some_texts[0][place], word_index)
        expected = gradient_norms(model, row)[-steps:]
        answer = from_node[place]
        found = answer["gradient"] if name == "source" else answer["rnn"]["gradient"]
        np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-6)
        if name == "simple-rnn":
            assert answer["rnn"]["probability"] == pytest.approx(model.predict(row[None], verbose=0)[0, 0], abs=1e-4)


@contextmanager
def forget_bias(model, added):
    """Add to the bias of every forget gate while this lasts."""
    bias = model.layers[1].cell.bias
    old = bias.numpy()
    bias.assign(old + added * (np.arange(256) // 64 == 1))
    yield
    bias.assign(old)


HANDS = [
    ({"hold": {"f": 0}}, lambda model: interpret.gate_held(model, "forget_gate", 0.0)),
    ({"hold": {"f": 1}}, lambda model: interpret.gate_held(model, "forget_gate", 1.0)),
    ({"hold": {"i": 0.25}}, lambda model: interpret.gate_held(model, "input_gate", 0.25)),
    ({"hold": {"o": 0.7}}, lambda model: interpret.gate_held(model, "output_gate", 0.7)),
    ({"hold": {"f": 0.5, "f12": 0.9}}, lambda model: interpret.gate_held(model, "forget_gate", SOME)),
    ({"off": [43, 5]}, lambda model: interpret.ablated(model, [43, 5])),
    ({"bias": -1.5}, lambda model: forget_bias(model, -1.5)),
]
SOME = np.where(np.arange(64) == 12, 0.9, 0.5)


def test_hands_do_what_the_packages_interventions_do():
    model, word_index = weights.load("source")
    row, steps = row_of(LONG, word_index)
    assert steps == 100, "the pads are read untouched, so the two can agree only where there are none"
    answers = in_node([{"text": LONG, **hands} for hands, _ in HANDS])
    for (hands, intervention), answer in zip(HANDS, answers, strict=True):
        with intervention(model):
            trace, log_odds = interpret.gate_trace(model, row), interpret.log_odds(model, row)
            gradient = gradient_norms(model, row)
        packed = zip(NAMES, answer["packed"], strict=True)
        found = {name: np.frombuffer(base64.b64decode(values), np.float32) for name, values in packed}
        np.testing.assert_allclose(found["c"].reshape(100, 64), trace.cell_state, atol=1e-4, err_msg=str(hands))
        np.testing.assert_allclose(found["h"].reshape(100, 64), trace.hidden_state, atol=1e-4, err_msg=str(hands))
        assert found["probabilities"][-1] == pytest.approx(1 / (1 + np.exp(-log_odds)), abs=1e-4), hands
        np.testing.assert_allclose(answer["gradient"], gradient, rtol=2e-3, atol=1e-6, err_msg=str(hands))


def test_a_gates_arithmetic_is_that_of_its_weights():
    model, word_index = weights.load("source")
    row, _ = row_of(LONG, word_index)
    trace = interpret.gate_trace(model, row)
    kernel, recurrent_kernel, bias = model.layers[1].get_weights()
    (answer,) = in_node([LONG])
    for block, (name, gate) in enumerate({"i": "input_gate", "f": "forget_gate", "o": "output_gate"}.items()):
        column = (0, 1, 3)[block] * 64 + UNIT
        parts = answer["arithmetic"][name]
        vector = model.layers[0].get_weights()[0][row[-1]]
        assert parts["word"] == pytest.approx(vector @ kernel[:, column], abs=1e-5)
        assert parts["state"] == pytest.approx(trace.hidden_state[-2] @ recurrent_kernel[:, column], abs=1e-5)
        assert parts["bias"] == pytest.approx(bias[column], abs=1e-6)
        assert 1 / (1 + np.exp(-parts["sum"])) == pytest.approx(getattr(trace, gate)[-1, UNIT], abs=1e-5)


def test_what_notebooks_04_and_08_say_of_a_held_forget_gate():
    early = "A dull, awful film that bored me to tears. My friend says that the camera is there."
    turned = "The first hour is dull and the jokes are awful. "
    turned += "Then it turns, and the ending is wonderful, moving and perfect."
    states = [{"text": text, "hold": hold} for text in (early, turned) for hold in ({}, {"f": 0}, {"f": 1})]
    answers = in_node(states)
    said = [np.frombuffer(base64.b64decode(answer["packed"][-1]), np.float32) for answer in answers]
    untouched, dropped, kept = said[:3]
    awful = 3
    assert untouched[awful] < 0.1
    assert untouched[awful:].max() < 0.15, "untouched, it stays low"
    assert dropped[awful] < 0.1
    assert 0.35 < dropped[awful + 2] < 0.65, "at 0 it is undecided two words later"
    assert round(100 * dropped[-1]) == 43
    assert kept[-1] < untouched[-1], "at 1 it ends surer"
    untouched, dropped, kept = said[3:]
    dull = 5
    assert dropped[dull] < 0.2
    assert 0.35 < dropped[dull + 2] < 0.65
    assert kept[-1] > untouched[-1] + 0.1
    idle = [6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17]
    assert np.mean(np.diff(kept)[np.array(idle) - 1] > 0) > 0.8, "idle words add a little praise"
