import hashlib
import itertools
import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_reviews import members, write_archive, write_folder

from lstm_course.reviews import encode, find, imdb, read

NAMED = os.environ.get("LSTM_COURSE_DATA", "").strip()
KERAS_FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'


@pytest.fixture(autouse=True)
def alone(monkeypatch, tmp_path):
    """No reviews but those that a test makes, and no network."""
    monkeypatch.setenv("LSTM_COURSE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("LSTM_COURSE_OFFLINE", "1")
    monkeypatch.delenv("LSTM_COURSE_DATA", raising=False)


@pytest.fixture
def archive(tmp_path):
    return write_archive(tmp_path / "tiny.tar.gz", members())


# --- The published reviews -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def reading(tmp_path_factory):
    """Read the raw archive once, in a process of its own; return its cache and its peak memory in kilobytes."""
    if not NAMED:
        pytest.skip("LSTM_COURSE_DATA names no archive of the published reviews")
    path = Path(NAMED)
    home = str(tmp_path_factory.mktemp("real"))
    code = (
        "import sys; from lstm_course.reviews import imdb; (x, _), (y, _) = imdb.load_data(path=sys.argv[1])\n"
        "if sys.platform == 'win32': sys.exit()\n"
        # Linux hands ru_maxrss on from the process that started this one; VmHWM begins anew.
        "if sys.platform == 'linux':\n"
        "    print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))\n"
        "else:\n"
        "    import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        env={**os.environ, "LSTM_COURSE_HOME": home},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = run.stdout.splitlines()
    return path, home, int(lines[1]) / (1024 if sys.platform == "darwin" else 1) if lines[1:] else None


@pytest.fixture(scope="module")
def real(reading):
    """The published reviews with every word; the tests are skipped where they are not to be had."""
    path, home, _ = reading
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LSTM_COURSE_HOME", home)
        data = imdb.load_data(10**9, path=path)
    if not data.source.published:
        pytest.skip("LSTM_COURSE_DATA names reviews that are not the published ones")
    return data


def test_lengths_and_labels_are_those_of_keras(real):
    (x_train, y_train), (x_test, y_test) = real
    assert [len(x) for x in x_train[:10]] == [218, 189, 141, 550, 147, 43, 123, 562, 233, 130]
    assert y_train[:10].tolist() == [1, 0, 0, 1, 0, 0, 1, 0, 1, 0]
    assert len(x_test[0]) == 68
    assert y_test[:10].tolist() == [0, 1, 1, 0, 1, 1, 1, 0, 0, 1]
    assert len(x_train) == len(x_test) == 25_000
    assert y_train.sum() == y_test.sum() == 12_500


def test_word_ranks_follow_the_counts_of_the_training_reviews(real):
    assert len(real.word_index) == 88_582
    counts = Counter(token for sequence in real.train.sequences for token in sequence)
    commonest = [(word, counts[rank + 3]) for word, rank in list(real.word_index.items())[:8]]
    assert commonest == [
        ("the", 336148),
        ("and", 164097),
        ("a", 163040),
        ("of", 145847),
        ("to", 135708),
        ("is", 107313),
        ("br", 101871),
        ("in", 93934),
    ]


def test_mean_and_longest_training_review(real):
    tokens = np.array([len(sequence) - 1 for sequence in real.train.sequences])  # without the start token
    assert round(tokens.mean(), 1) == 237.7
    assert tokens.max() == 2493


def test_stars_and_texts_and_movies_belong_to_their_reviews(real):
    for split in (real.train, real.test):
        assert np.array_equal(split.labels == 1, split.stars >= 7)
        assert np.array_equal(split.labels == 0, split.stars <= 4)
        for i in range(0, 25_000, 997):
            known = [word for word in imdb.tokenize(split.texts[i]) if word in real.word_index]
            assert split.sequences[i] == imdb.encode(" ".join(known), real.word_index, 10**9)
        assert len(split.movies) == 25_000
        assert max(Counter(split.movies.tolist()).values()) <= 30  # the authors' limit for one movie


def test_one_movie_is_in_both_splits(real):
    shared = set(real.train.movies.tolist()) & set(real.test.movies.tolist())
    assert shared == {"tt0406816"}
    assert np.isin(real.train.movies, list(shared)).sum() == 2


def test_reading_stays_under_the_memory_limit(reading):
    _, _, kilobytes = reading
    if kilobytes is None:
        pytest.skip("Windows does not say how much memory a process took")
    assert kilobytes < 1.5e6


# --- What load_data returns ------------------------------------------------------------------------------------


def expected(files, num_words):
    """Derive x and y of both splits in another way: plain Python, as Keras documents it."""
    random, counts, result = np.random.RandomState(113), Counter(), []
    for split in ("train", "test"):
        names = [
            name
            for label in ("pos", "neg")
            for name in sorted(files)
            if re.fullmatch(rf"aclImdb/{split}/{label}/\d+_\d+\.txt", name)
        ]
        words = [by_character(files[name].decode()) for name in names]
        if split == "train":
            counts.update(word for review in words for word in review)
            rank = {word: i for i, (word, _) in enumerate(counts.most_common(), start=1)}
        x = [[1] + [rank[w] + 3 for w in review if w in rank] for review in words]
        x = [[token if token < num_words else 2 for token in review] for review in x]
        order = np.arange(len(x))
        random.shuffle(order)
        result.append(([x[i] for i in order], [int("/pos/" in names[i]) for i in order]))
    return result, rank


def by_character(text):
    """Tokenise one character at a time."""
    words, word = [], ""
    for character in text.lower() + " ":
        if character == " " or character in KERAS_FILTERS:
            words += [word] if word else []
            word = ""
        else:
            word += character
    return words


@pytest.mark.parametrize("num_words", [1, 4, 12, 20000])
@pytest.mark.parametrize("per_class", [4, 12])  # with 12, file names as strings are not in the order of numbers
def test_matches_a_second_derivation(tmp_path, num_words, per_class):
    files = members(per_class)
    data = imdb.load_data(num_words, path=write_archive(tmp_path / "a.tar.gz", files))
    (train, test), rank = expected(files, num_words)
    for (x, y), (x_expected, y_expected) in zip(data, (train, test), strict=True):
        assert x.tolist() == x_expected
        assert y.tolist() == y_expected
    assert data.word_index == rank
    assert list(data.word_index.values()) == list(range(1, len(rank) + 1))


def test_types_are_those_of_keras(archive):
    (x_train, y_train), (x_test, y_test) = imdb.load_data(path=archive)
    for x, y in ((x_train, y_train), (x_test, y_test)):
        assert x.dtype == object
        assert x.shape == y.shape == (8,)
        assert type(x[0]) is list
        assert type(x[0][0]) is int
        assert y.dtype == np.int64


def test_stars_texts_and_movies_stand_beside_their_review(archive):
    files = members()
    for again in range(2):  # read from the archive, then from the prepared copy
        data = imdb.load_data(path=archive)
        assert data.train.stars.dtype == np.int8
        for name, split in (("train", data.train), ("test", data.test)):
            for i, text in enumerate(split.texts):
                label = "pos" if split.labels[i] else "neg"
                number = int(split.movies[i][2:]) - (100 if name == "train" else 200)
                assert files[f"aclImdb/{name}/{label}/{number}_{split.stars[i]}.txt"].decode() == text, again


def test_texts_are_a_sequence(archive):
    texts = imdb.load_data(path=archive).train.texts
    assert len(texts) == len(list(texts)) == 8
    assert texts[-1] == texts[7] == texts[np.int64(7)] == texts[6:][1]
    with pytest.raises(IndexError):
        texts[8]


def test_num_words_larger_than_the_vocabulary_keeps_every_word(archive):
    data = imdb.load_data(10**6, path=archive)
    assert max(max(x) for x in data.train.sequences) == len(data.word_index) + 3
    assert all(2 not in x for x in data.train.sequences)


@pytest.mark.parametrize("num_words", [0, -1, 2.5, "20000", None, True, np.nan])
def test_num_words_that_is_no_number_of_words(num_words, archive):
    with pytest.raises(ValueError, match=r"^num_words has to be a whole number from 1, such as 20000; it is "):
        imdb.load_data(num_words, path=archive)


def test_unlabelled_reviews_come_on_request_only(archive):
    assert imdb.load_data(path=archive).unlabelled is None
    for _ in range(2):
        data = imdb.load_data(path=archive, unlabelled=True)
        unlabelled = data.unlabelled
        assert unlabelled.labels is None
        assert unlabelled.stars is None
        assert unlabelled.texts[2] == "An undecided film about lamp number 2."
        assert unlabelled.movies.tolist() == ["tt0000300", "tt0000301", "tt0000302"]
        lamp, film, a = (data.word_index[word] + 3 for word in ("lamp", "film", "a"))
        assert lamp in unlabelled.sequences[0]
        assert film in unlabelled.sequences[0]
        assert a not in unlabelled.sequences[0]


@pytest.mark.parametrize("write", [write_archive, write_folder])
def test_unlabelled_reviews_that_are_not_there(tmp_path, capsys, write):
    files = {name: content for name, content in members().items() if "unsup" not in name}
    data = imdb.load_data(path=write(tmp_path / "without", files), unlabelled=True)
    assert data.unlabelled is None
    assert "This source has no unlabelled reviews, so data.unlabelled is None." in capsys.readouterr().out


def test_movies_are_none_without_the_urls(tmp_path):
    files = {name: content for name, content in members().items() if "urls" not in name}
    assert imdb.load_data(path=write_archive(tmp_path / "a.tar.gz", files)).train.movies is None


def test_movies_are_none_with_too_few_urls(tmp_path):
    files = members() | {"aclImdb/train/urls_pos.txt": b"http://www.imdb.com/title/tt0000100/usercomments"}
    data = imdb.load_data(path=write_archive(tmp_path / "a.tar.gz", files))
    assert data.train.movies is None
    assert data.test.movies is not None


# --- Where it comes from ---------------------------------------------------------------------------------------


def test_a_folder_reads_like_an_archive(tmp_path, archive):
    folder = write_folder(tmp_path / "unpacked", members())
    (folder / "train" / "pos" / ".DS_Store").write_bytes(b"\xff")
    from_archive = imdb.load_data(path=archive)
    for path in (folder, folder.parent, str(folder)):
        data = imdb.load_data(path=path)
        assert data.source.kind == "folder"
        assert data.train.sequences.tolist() == from_archive.train.sequences.tolist()
        assert list(data.test.texts) == list(from_archive.test.texts)
        assert data.train.movies.tolist() == from_archive.train.movies.tolist()


def test_a_changed_folder_is_read_again(tmp_path):
    folder = write_folder(tmp_path, members())
    imdb.load_data(path=folder)
    (folder / "train" / "pos" / "0_7.txt").write_text("A different sentence.")
    assert "different" in imdb.load_data(path=folder).word_index


def test_another_archive_of_the_same_name_is_read_again(archive):
    imdb.load_data(path=archive)
    write_archive(archive, members() | {"aclImdb/train/pos/0_7.txt": b"A different sentence."})
    assert "different" in imdb.load_data(path=archive).word_index


def test_the_order_of_sources(tmp_path, monkeypatch, capsys):
    """Each source that is added comes before all that were there."""
    seen = []

    def load():
        found = imdb.find_source()
        source = imdb.load_data().source
        assert (found.kind, found.name) == (source.kind, source.name)
        assert imdb.find_source() == source  # once read, it knows as much
        seen.append(source.kind)

    small = type("Reviews", (), {"texts": ["good", "bad"], "labels": [1, 0], "stars": [9, 2]})
    corpus = type("Corpus", (), {"train": small, "test": small})
    monkeypatch.setattr("lstm_course.reviews.synthetic_reviews.corpus", lambda: corpus)
    load()
    datasets = tmp_path / "keras" / "datasets"
    datasets.mkdir(parents=True)
    write_keras_files(datasets, monkeypatch)
    load()
    write_folder(datasets, members())
    load()
    write_archive(datasets / "aclImdb_v1.tar.gz", members())
    load()
    write_archive(tmp_path / "home" / "cache" / "aclImdb_v1.tar.gz", members())
    load()
    write_archive(tmp_path / "home" / "cache" / "imported.tar.gz", members())
    load()
    os.utime(tmp_path / "home" / "cache" / "imported.tar.gz", (1, 1))  # the later of the two
    load()
    write_folder(tmp_path / "named", members())
    monkeypatch.setenv("LSTM_COURSE_DATA", str(tmp_path / "named"))
    load()
    assert seen == [
        "built-in",
        "keras",
        "folder",
        "archive",
        "downloaded",
        "imported",
        "downloaded",
        "folder",
    ]
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == len(seen)  # one line each
    assert not any(str(tmp_path) in line for line in printed)
    other = write_archive(tmp_path / "other.tar.gz", members(5))
    assert imdb.load_data(path=other).source.name == "the archive other.tar.gz"


def test_published_is_told_by_the_content(tmp_path, monkeypatch, archive):
    assert imdb.load_data(path=archive).source.published is False
    content = b"".join(
        content
        for folder in ("train/pos", "train/neg", "test/pos", "test/neg")
        for name, content in sorted(members().items())
        if f"/{folder}/" in name
    )
    monkeypatch.setattr(find, "PUBLISHED_FINGERPRINT", hashlib.sha256(content).hexdigest())
    assert imdb.load_data(path=archive).source.published is True
    repacked = write_folder(tmp_path, members(unlabelled=0))
    assert imdb.load_data(path=repacked).source.published is True
    (repacked / "test" / "pos" / "0_7.txt").write_text("Not what was published.")
    source = imdb.load_data(path=repacked).source
    assert source.published is False
    assert str(source) == (
        "Reviews: not the published IMDB set, so your numbers will differ (read from the folder aclImdb)"
    )


def test_find_source_does_not_read_what_it_has_not_read(monkeypatch, archive):
    monkeypatch.setenv("LSTM_COURSE_DATA", str(archive))
    monkeypatch.setattr(read, "read", None)
    assert imdb.find_source().published is None
    assert "not read yet" in str(imdb.find_source())


def test_find_source_knows_the_published_archive_by_its_hash(monkeypatch, archive):
    monkeypatch.setenv("LSTM_COURSE_DATA", str(archive))
    monkeypatch.setattr(find, "PUBLISHED_SHA256", read.key(archive))
    assert imdb.find_source().published is True


def write_keras_files(folder, monkeypatch, *, trust=True):
    """Write files as Keras keeps them, and let their hashes be the published ones if ``trust`` says so."""
    x = np.empty(6, dtype=object)
    x[:] = [[1, 2], [3], [2, 2, 1], [1], [3, 1], [2]]
    y = np.array([1, 1, 1, 0, 0, 0])
    np.savez(folder / "imdb.npz", x_train=x, y_train=y, x_test=x[::-1], y_test=y[::-1])
    (folder / "imdb_word_index.json").write_text(json.dumps({"lamp": 2, "the": 1, "river": 3}))
    if trust:
        reviews, index = ((folder / name).read_bytes() for name in ("imdb.npz", "imdb_word_index.json"))
        monkeypatch.setattr(read, "KERAS_REVIEWS_SHA256", hashlib.sha256(reviews).hexdigest())
        monkeypatch.setattr(read, "KERAS_INDEX_MD5", hashlib.md5(index).hexdigest())


def test_keras_cache_is_shuffled_and_offset_as_keras_does_it(tmp_path, monkeypatch):
    folder = tmp_path / "keras" / "datasets"
    folder.mkdir(parents=True)
    write_keras_files(folder, monkeypatch)
    random = np.random.RandomState(113)
    with np.load(folder / "imdb.npz", allow_pickle=True) as kept:
        kept = {name: kept[name] for name in kept.files}
    for _ in range(2):
        data = imdb.load_data(6)
        assert data.source.published is True
        assert data.train.texts is data.train.stars is data.train.movies is None
        assert data.word_index == {"the": 1, "lamp": 2, "river": 3}
    for split, (x, y) in zip(("train", "test"), data, strict=True):
        order = np.arange(6)
        random.shuffle(order)
        ids = [[1] + [rank + 3 if rank + 3 < 6 else 2 for rank in kept[f"x_{split}"][i]] for i in order]
        assert x.tolist() == ids
        assert y.tolist() == kept[f"y_{split}"][order].tolist()
    assert imdb.load_data(unlabelled=True).unlabelled is None


def test_the_built_in_corpus_loads(monkeypatch, capsys):
    from lstm_course.reviews import synthetic_reviews

    small = synthetic_reviews.generate(40, seed=1)
    monkeypatch.setattr(synthetic_reviews, "corpus", lambda: type("Corpus", (), {"train": small, "test": small}))
    data = imdb.load_data()
    assert data.source.kind == "built-in"
    assert data.source.published is False
    assert list(data.train.texts) == small.texts
    assert data.train.labels.tolist() == small.labels.tolist()
    assert data.train.stars.tolist() == small.stars.tolist()
    assert data.train.sequences[3] == imdb.encode(small.texts[3], data.word_index)
    assert capsys.readouterr().out == (
        "Reviews: the built-in corpus of generated sentences, in place of the published reviews. "
        "To get those: lstm-course data --fetch\n"
    )


def test_importing_the_module_brings_in_nothing_heavy():
    code = (
        "import sys, lstm_course.reviews.imdb;"
        "print({'tensorflow', 'keras', 'pooch', 'requests', 'tqdm', 'matplotlib'} & set(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "set()\n"


def test_a_text_repr_is_short(archive):
    data = imdb.load_data(path=archive)
    assert repr(data).startswith("<ImdbData, 8 training and 8 test reviews. Reviews: not the published")
    assert repr(data.train) == "<Split of 8 reviews>"
    assert repr(data.train.texts) == "<8 texts>"


# --- Words and ids ---------------------------------------------------------------------------------------------

INDEX = {"the": 1, "film": 2, "isn't": 3, "good": 4}


@given(st.text(alphabet=st.one_of(st.sampled_from(KERAS_FILTERS + "' \x85\xa0Aİß"), st.characters(codec="utf-8"))))
def test_tokenize_against_one_character_at_a_time(text):
    assert imdb.tokenize(text) == by_character(text)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("", [1]),
        (" ,;! <br", [1, 2]),
        ("zebra quokka", [1, 2, 2]),
        ("The film isn't GOOD!", [1, 4, 5, 6, 7]),
        ("the\tfilm\nthe", [1, 4, 5, 4]),
        ("the " * 10_000, [1] + [4] * 10_000),
    ],
)
def test_encode(text, ids):
    assert imdb.encode(text, INDEX) == ids


def test_encode_keeps_ids_below_num_words():
    assert imdb.encode("the film isn't good", INDEX, num_words=6) == [1, 4, 5, 2, 2]


@pytest.mark.parametrize("text", [None, 3, b"bytes", ["a", "list"]])
def test_encode_what_is_no_string(text):
    message = rf"^A review has to be a string \(str\); this one is of type {type(text).__name__}\.$"
    with pytest.raises(TypeError, match=message):
        imdb.encode(text, INDEX)
    with pytest.raises(TypeError, match=message):
        imdb.tokenize(text)


@pytest.mark.parametrize("num_words", [0, -5, 1.0])
def test_encode_with_a_wrong_num_words(num_words):
    with pytest.raises(ValueError, match="num_words has to be a whole number from 1"):
        imdb.encode("the film", INDEX, num_words)


@settings(max_examples=50)
@given(st.lists(st.sampled_from(sorted(INDEX))))
def test_decode_undoes_encode(words):
    assert imdb.decode(imdb.encode(" ".join(words), INDEX), INDEX) == " ".join(["<start>", *words])


def test_decode_names_the_reserved_ids():
    assert imdb.decode(np.array([0, 1, 2, 3, 4]), INDEX) == "<pad> <start> <unknown> <unused> the"
    assert imdb.decode([], INDEX) == ""


@pytest.mark.parametrize("token", [8, -1, 10**9])
def test_decode_an_id_without_a_word(token):
    message = rf"^The id {token} stands for no word: ids run from 0 to 7, the number of words plus 3\.$"
    with pytest.raises(ValueError, match=message):
        imdb.decode([1, token], INDEX)


@pytest.mark.parametrize("sequence", [5, None, "text", [[1, 4]], [1.5]])
def test_decode_what_is_no_sequence(sequence):
    with pytest.raises(TypeError, match=r"^decode takes one sequence of whole numbers, such as data\.train"):
        imdb.decode(sequence, INDEX)


@settings(max_examples=60)
@given(st.lists(st.lists(st.sampled_from(["a", "b", "c", "dd", "e"])), min_size=1, max_size=8))
def test_rank_and_encode_against_counting(reviews):
    texts = [" ".join(words) for words in reviews]
    words, ids, offsets = encode.rank_and_encode(texts)
    assert words == [word for word, _ in Counter(word for review in reviews for word in review).most_common()]
    index = {word: rank for rank, word in enumerate(words, start=1)}
    assert [ids[a:b].tolist() for a, b in itertools.pairwise(offsets)] == [
        imdb.encode(text, index, 10**6) for text in texts
    ]
    again = encode.encode_all(texts, words)
    assert np.array_equal(again[0], ids)
    assert np.array_equal(again[1], offsets)
