import os

import numpy as np
import pytest
from click.testing import CliRunner
from tiny_reviews import members, write_archive, write_folder

from lstm_course.commands.data import data
from lstm_course.reviews import encode, find, imdb, read


@pytest.fixture(autouse=True)
def alone(monkeypatch, tmp_path):
    """No reviews but those that a test makes, and no network."""
    monkeypatch.setenv("LSTM_COURSE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("LSTM_COURSE_OFFLINE", "1")
    monkeypatch.delenv("LSTM_COURSE_DATA", raising=False)
    monkeypatch.setattr(find, "URL", "http://127.0.0.1:9/aclImdb_v1.tar.gz")
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def archive(tmp_path):
    return write_archive(tmp_path / "tiny.tar.gz", members())


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home" / "cache"


@pytest.fixture
def published(monkeypatch, archive):
    """Let the tiny archive be the published one."""
    fingerprint = imdb_fingerprint(archive)
    monkeypatch.setattr(find, "PUBLISHED_FINGERPRINT", fingerprint)


def imdb_fingerprint(archive):
    return encode.fingerprint(folder.texts for folder in read.read(archive).values())


def run(*arguments):
    """Run ``lstm-course data``; return the exit code, and what is printed without the progress bars."""
    result = CliRunner().invoke(data, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout + "".join(
        line for line in result.stderr.splitlines(keepends=True) if line.startswith("Error: ")
    )


def sequences(loaded):
    return [x.tolist() for x, _ in loaded], list(loaded.train.texts)


@pytest.mark.parametrize("write", [write_archive, write_folder])
def test_import_works_without_the_original(tmp_path, write):
    original = write(tmp_path / "original", members())
    before = sequences(imdb.load_data(path=original))
    code, printed = run("--from", original)
    assert code == 0
    assert printed.endswith("(read from the archive imported into the course's cache)\n")
    original.rename(tmp_path / "gone")
    for file in (tmp_path / "home" / "cache").glob("*.npz"):
        file.unlink()  # not even the prepared copies are needed
    after = imdb.load_data(unlabelled=True)
    assert after.source.kind == "imported"
    assert sequences(after) == before
    assert len(after.unlabelled) == 3
    assert after.train.movies is not None


def test_import_says_that_the_variable_comes_first(archive, monkeypatch):
    monkeypatch.setenv("LSTM_COURSE_DATA", str(archive))
    code, printed = run("--from", archive)
    assert code == 0
    assert "LSTM_COURSE_DATA is set and comes first; unset it to use this copy." in printed


def test_import_of_a_broken_archive_keeps_the_good_one(archive, home, tmp_path):
    assert run("--from", archive)[0] == 0
    good = {file.name: file.read_bytes() for file in home.iterdir()}
    broken = tmp_path / "broken.tar.gz"
    broken.write_bytes(archive.read_bytes()[:400])
    code, printed = run("--from", broken)
    assert code == 1
    assert printed.startswith(f"Error: {broken} is cut short: the archive ends in the middle.")
    assert len(printed.splitlines()) == 1
    assert {file.name: file.read_bytes() for file in home.iterdir()} == good


def test_import_of_the_imported_archive(archive, home):
    run("--from", archive)
    assert run("--from", home / "imported.tar.gz")[0] == 0
    assert (home / "imported.tar.gz").read_bytes() == archive.read_bytes()


def test_import_of_nothing(tmp_path):
    code, printed = run("--from", tmp_path / "nowhere")
    assert code == 1
    assert printed.startswith(f"Error: --from names {tmp_path / 'nowhere'}, and there is nothing of that name.")


def test_import_into_a_cache_that_cannot_be_written(archive, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("LSTM_COURSE_HOME", str(tmp_path / "file"))
    code, printed = run("--from", archive)
    assert code == 1
    assert "Error: The copy could not be written to" in printed
    assert "LSTM_COURSE_HOME names another folder for it." in printed


def test_fetch_without_a_network(home):
    code, printed = run("--fetch")
    assert code == 1
    assert printed == "Error: There is no connection to 127.0.0.1:9, so nothing was downloaded.\n"
    assert not list(home.glob("*"))


def test_fetch_of_what_is_there_downloads_nothing(archive, home, monkeypatch):
    home.mkdir(parents=True)
    archive.rename(home / "aclImdb_v1.tar.gz")
    monkeypatch.setattr(find, "PUBLISHED_SHA256", read.key(home / "aclImdb_v1.tar.gz"))
    code, printed = run("--fetch")
    assert (code, printed) == (
        0,
        "Reviews: the published IMDB set (read from the downloaded aclImdb_v1.tar.gz)\n",
    )
    assert len(list(home.glob("reviews-*.npz"))) == 1  # prepared already


def test_fetch_repairs_a_broken_import(archive, home, monkeypatch):
    """Of the two archives in the cache the one that was asked for last is used."""
    home.mkdir(parents=True)
    (home / "aclImdb_v1.tar.gz").write_bytes(archive.read_bytes())
    os.utime(home / "aclImdb_v1.tar.gz", (1, 1))
    (home / "imported.tar.gz").write_bytes(b"broken after it was imported")
    os.utime(home / "imported.tar.gz", (2, 2))
    with pytest.raises(imdb.DataError, match=r"imported\.tar\.gz is not a .*lstm-course data --fetch"):
        imdb.load_data()
    monkeypatch.setattr(find, "PUBLISHED_SHA256", read.key(home / "aclImdb_v1.tar.gz"))
    assert run("--fetch")[0] == 0
    assert imdb.load_data().source.kind == "downloaded"


def test_list(archive, home, monkeypatch):
    code, printed = run()
    assert code == 0
    lines = printed.splitlines()
    assert [line[:28].strip() for line in lines[:6]] == [
        "LSTM_COURSE_DATA",
        "imported archive",
        "downloaded archive",
        "Keras's cache",
        "built-in corpus",
        "prepared copies",
    ]
    assert [line[28:] for line in lines[:5]] == ["not set", *["not found"] * 3, "always there"]
    assert lines[-1].startswith("Reviews: the built-in corpus")
    run("--from", archive)
    _, printed = run()
    assert f"imported archive            found, 0.0 MB: {home / 'imported.tar.gz'}" in printed
    assert printed.splitlines()[-1].startswith("Reviews: not the published IMDB set")
    monkeypatch.setenv("LSTM_COURSE_DATA", str(archive.parent / "nowhere"))
    code, printed = run()
    assert code == 1
    assert f"LSTM_COURSE_DATA            not found: {archive.parent / 'nowhere'}" in printed
    assert "Error: LSTM_COURSE_DATA names" in printed


def test_list_says_why_keras_cache_is_passed_over(tmp_path):
    (tmp_path / "keras" / "datasets").mkdir(parents=True)
    (tmp_path / "keras" / "datasets" / "imdb.npz").write_bytes(b"of an older version")
    (tmp_path / "keras" / "datasets" / "imdb_word_index.json").write_bytes(b"{}")
    assert "its imdb.npz is of an older version or damaged" in run()[1]


def test_verify_without_reviews():
    code, printed = run("--verify")
    assert code == 1
    assert printed == (
        "Error: there are no reviews here but the built-in corpus. To get the published ones: "
        "lstm-course data --fetch\n"
    )


@pytest.mark.usefixtures("published")
def test_verify(archive):
    run("--from", archive)
    code, printed = run("--verify")
    assert code == 0
    assert printed.splitlines() == [
        "The prepared copy agrees with its source.",
        "train: 8 reviews, 4 of them positive",
        "test: 8 reviews, 4 of them positive",
        "Reviews: the published IMDB set (read from the archive imported into the course's cache)",
    ]


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    "part", ["train_ids", "test_labels", "train_stars", "test_movies", "train_text_bytes", "words"]
)
def test_verify_finds_a_wrong_prepared_copy_and_repairs_it(archive, home, part):
    """The file is whole and its checksums are right, but its content is not what the source says."""
    run("--from", archive)
    (file,) = home.glob("reviews-*.npz")
    with np.load(file) as kept:
        parts = {name: kept[name] for name in kept.files}
    parts[part] = parts[part][::-1]
    np.savez(file, **parts)
    code, printed = run("--verify")
    assert code == 0
    assert "The prepared copy was missing or damaged; it has been made again." in printed
    assert run("--verify")[1].startswith("The prepared copy agrees with its source.")


def test_verify_of_reviews_that_are_not_the_published_ones(archive):
    run("--from", archive)
    code, printed = run("--verify")
    assert code == 1
    assert f"Error: their fingerprint is {imdb_fingerprint(archive)}, not that of the published reviews\n" in printed


def test_one_thing_at_a_time(archive):
    code, printed = run("--fetch", "--verify")
    assert (code, printed) == (1, "Error: give one of --fetch, --from PATH and --verify at a time\n")
