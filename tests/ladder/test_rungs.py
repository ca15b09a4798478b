"""The rungs, composed of their blocks."""

import numpy as np
import pytest

from lstm_course import models
from lstm_course.ladder import rungs
from lstm_course.ladder.blocks import LSTM, Bidirectional, Segments
from lstm_course.models.quiet import keras

ALL = (*rungs.LADDER, rungs.COUSIN, *rungs.TRIED, rungs.STUDENT, rungs.PRETRAINED)


@pytest.mark.parametrize("rung", ALL, ids=lambda rung: rung.name)
def test_every_rung_builds_and_reads(rung):
    sizes = [50, 20, 30][: rung.text.ngrams]
    model = rungs.build(rung, sizes, steps=3)
    time = rung.text.time or 100
    ids = np.zeros((2, time, len(sizes)), np.int32)
    ids[:, -10:] = 3
    if rung.text.mask:
        ids = ids[:, ::-1]
    assert model.predict(ids, verbose=0).shape == (2, 1)


def test_a_rung_is_found_by_its_name():
    assert len({rung.name for rung in ALL}) == len(ALL)
    assert [rungs.rung(rung.name) for rung in ALL] == list(ALL)


def test_unknown_rung():
    with pytest.raises(ValueError, match="no rung is called 'mast'; there are 'source script'"):
        rungs.rung("mast")


def test_each_rung_changes_blocks_of_the_one_below():
    """A rung that changed nothing, or everything, would be no rung."""
    blocks = ("text", "embeddings", "encoder", "classifier", "training")
    for below, rung in zip(rungs.LADDER, rungs.LADDER[1:], strict=False):
        changed = [block for block in blocks if getattr(rung, block) != getattr(below, block)]
        assert 1 <= len(changed) <= (3 if rung.name == "smaller and faster" else 2), rung.name


def test_replace_takes_blocks_and_single_fields():
    rung = rungs.rung("segments")
    varied = rung.replace(encoder=Segments(LSTM(3), steps=5), training={"epochs": 7}, text={"words": 50})
    assert (varied.name, varied.change) == (rung.name, rung.change)
    assert (varied.encoder.steps, varied.training.epochs, varied.text.words) == (5, 7, 50)
    assert (varied.training.batch_size, varied.text.head) == (rung.training.batch_size, rung.text.head)
    assert rung == rungs.rung("segments")
    renamed = rung.replace("other", "nothing else")
    assert (renamed.name, renamed.change, renamed.encoder) == ("other", "nothing else", rung.encoder)
    with pytest.raises(TypeError):
        rung.replace(training={"no such field": 1})
    with pytest.raises(TypeError):
        rung.replace(no_such_block=1)


def test_the_first_rung_is_the_source_script():
    rung_model, source = rungs.build(rungs.SOURCE, [20_000]), models.source_lstm()
    source.build((None, 100))
    assert rung_model.count_params() == source.count_params()
    lstm = next(layer for layer in rung_model.layers if isinstance(layer, keras.layers.LSTM))
    wanted = source.layers[1]
    assert (lstm.units, lstm.dropout, lstm.recurrent_dropout) == (
        wanted.units,
        wanted.dropout,
        wanted.recurrent_dropout,
    )


@pytest.mark.parametrize("behind", [3, 57])
def test_pads_change_no_masked_prediction(behind):
    sizes = [50, 20, 30]
    rung = rungs.rung("trigrams").replace(encoder=Bidirectional(LSTM(32)))
    model = rungs.build(rung, sizes)
    row = np.random.default_rng(0).integers(1, 20, (1, 40, 3), dtype=np.int32)
    padded = np.pad(row, ((0, 0), (0, behind), (0, 0)))
    np.testing.assert_allclose(model.predict_on_batch(padded), model.predict_on_batch(row), rtol=1e-5, atol=1e-7)
