import errno
import functools
import http.server
import os
import pickle
import subprocess
import sys
import tarfile
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import requests
from tiny_reviews import members, write_archive, write_folder

from lstm_course.reviews import find, imdb, keep, read

MENDS = r"lstm-course data --fetch, or import a whole copy with: lstm-course data --from PATH"


@pytest.fixture(autouse=True)
def alone(monkeypatch, tmp_path):
    """No reviews but those that a test makes, no network, and a built-in corpus of two reviews."""
    monkeypatch.setenv("LSTM_COURSE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("LSTM_COURSE_OFFLINE", "1")
    monkeypatch.delenv("LSTM_COURSE_DATA", raising=False)
    small = type("Reviews", (), {"texts": ["good", "bad"], "labels": [1, 0], "stars": [9, 2]})
    corpus = type("Corpus", (), {"train": small, "test": small})
    monkeypatch.setattr("lstm_course.reviews.synthetic_reviews.corpus", lambda: corpus)


@pytest.fixture
def archive(tmp_path):
    return write_archive(tmp_path / "tiny.tar.gz", members())


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home" / "cache"


def content(data):
    return [(x.tolist(), y.tolist()) for x, y in data], list(data.train.texts), list(data.test.texts)


# --- Archives --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.99])
def test_truncated_archive(archive, share, home):
    whole = archive.read_bytes()
    archive.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(imdb.DataError, match=rf"{archive.name} is cut short: the archive ends.*{MENDS}"):
        imdb.load_data(path=archive)
    assert not list(home.glob("*"))  # nothing half-read is kept


def test_archive_with_a_flipped_byte(archive):
    damaged = bytearray(archive.read_bytes())
    damaged[len(damaged) // 2] ^= 0xFF
    archive.write_bytes(damaged)
    with pytest.raises(imdb.DataError, match=rf"{archive.name} is (damaged|cut short).*{MENDS}"):
        imdb.load_data(path=archive)


def test_archive_with_a_wrong_checksum(archive):
    damaged = bytearray(archive.read_bytes())
    damaged[-8] ^= 0xFF  # gzip keeps the checksum of the content in the last eight bytes
    archive.write_bytes(damaged)
    with pytest.raises(imdb.DataError, match=rf"{archive.name} is damaged.*CRC.*{MENDS}"):
        imdb.load_data(path=archive)


@pytest.mark.parametrize("found", [b"<html>Please log in to this network</html>", b"PK\x03\x04 a zip file"])
def test_file_that_is_no_archive(archive, found):
    archive.write_bytes(found)
    with pytest.raises(imdb.DataError, match=rf"{archive.name} is not a \.tar\.gz archive.*{MENDS}"):
        imdb.load_data(path=archive)


def test_empty_file(archive):
    archive.write_bytes(b"")
    with pytest.raises(imdb.DataError, match=rf"{archive.name} .*{MENDS}"):
        imdb.load_data(path=archive)


def unsafe(name, kind=tarfile.REGTYPE, target=""):
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


@pytest.mark.parametrize(
    ("member", "why"),
    [
        (unsafe("../outside.txt"), "would leave the archive's folder"),
        (unsafe("aclImdb/train/pos/../../../outside.txt"), "would leave the archive's folder"),
        (unsafe("/outside.txt"), "would leave the archive's folder"),
        (unsafe("..\\outside.txt"), "would leave the archive's folder"),
        (unsafe("C:/outside.txt"), "would leave the archive's folder"),
        (unsafe("aclImdb/train/pos/9_9.txt", tarfile.SYMTYPE, "/etc/hostname"), "is a link or a device"),
        (unsafe("aclImdb/train/pos/9_9.txt", tarfile.LNKTYPE, "../../outside"), "is a link or a device"),
        (unsafe("aclImdb/train/pos/9_9.txt", tarfile.CHRTYPE), "is a link or a device"),
        (unsafe("aclImdb/train/pos/9_9.txt", tarfile.FIFOTYPE), "is a link or a device"),
    ],
    ids=lambda value: value.name if isinstance(value, tarfile.TarInfo) else "",
)
def test_unsafe_member(tmp_path, member, why, home):
    path = write_archive(tmp_path / "tiny.tar.gz", members(), extra=[member])
    before = sorted(tmp_path.parent.rglob("*"))
    with pytest.raises(imdb.DataError) as caught:
        imdb.load_data(path=path)
    assert f"{path} is refused: its member {member.name!r} {why}" in str(caught.value)
    assert sorted(tmp_path.parent.rglob("*")) == before  # nothing was written anywhere


@pytest.mark.parametrize("write", [write_archive, write_folder])
def test_test_neg_is_missing(tmp_path, write):
    files = {name: text for name, text in members().items() if "/test/neg/" not in name}
    with pytest.raises(imdb.DataError, match=rf"has no (folder|reviews in) test/neg\..*{MENDS}"):
        imdb.load_data(path=write(tmp_path / "lacking", files))


def test_test_neg_is_empty(tmp_path):
    folder = write_folder(tmp_path, members())
    for file in (folder / "test" / "neg").iterdir():
        file.unlink()
    with pytest.raises(imdb.DataError, match=rf"has no reviews in test/neg\..*{MENDS}"):
        imdb.load_data(path=folder)


@pytest.mark.parametrize("write", [write_archive, write_folder])
def test_review_that_is_not_utf8(tmp_path, write):
    files = members() | {"aclImdb/test/pos/2_9.txt": "naïve".encode("latin-1")}
    message = rf"^The review test/pos/2_9\.txt in .* is not UTF-8 text: byte 2 is 0xef\. .*{MENDS}"
    with pytest.raises(imdb.DataError, match=message):
        imdb.load_data(path=write(tmp_path / "latin", files))


def test_review_with_a_strange_name(tmp_path):
    files = members() | {"aclImdb/test/pos/notes.txt": b"A note."}
    with pytest.raises(imdb.DataError, match=r"holds test/pos/notes\.txt; a review is named <id>_<stars>\.txt"):
        imdb.load_data(path=write_folder(tmp_path, files))


def test_half_copied_folder(tmp_path):
    files = members(6)
    del files["aclImdb/train/pos/5_8.txt"], files["aclImdb/train/pos/4_7.txt"]
    message = rf"The train split of .* holds 4 positive and 6 negative reviews; the two must be as many.*{MENDS}"
    with pytest.raises(imdb.DataError, match=message):
        imdb.load_data(path=write_folder(tmp_path, files))


def test_sorted_labels_are_refused():
    arrays = keep.Arrays(np.ones(100, np.int32), np.arange(101), np.repeat([1, 0], 50), None, None, None)
    with pytest.raises(imdb.DataError, match="The train split of somewhere is sorted by label, not shuffled"):
        keep.check(keep.Prepared({"train": arrays}, [], ""), "somewhere")


@pytest.mark.parametrize("by_variable", [True, False])
def test_named_source_that_is_not_there(tmp_path, monkeypatch, by_variable):
    missing = tmp_path / "nowhere"
    monkeypatch.setenv("LSTM_COURSE_DATA", str(missing) if by_variable else "")
    teller = "LSTM_COURSE_DATA" if by_variable else "path"
    with pytest.raises(imdb.DataError, match=rf"^{teller} names .*nowhere, and there is nothing of that name"):
        imdb.load_data(path=None if by_variable else missing)
    if by_variable:
        with pytest.raises(imdb.DataError, match="LSTM_COURSE_DATA names"):
            imdb.find_source()


def test_named_folder_without_reviews(tmp_path):
    with pytest.raises(imdb.DataError, match="holds neither train/ and test/, nor aclImdb/, nor aclImdb_v1"):
        imdb.load_data(path=tmp_path)


def test_broken_named_source_is_never_passed_over(archive, monkeypatch, home):
    home.mkdir(parents=True)
    write_archive(home / "imported.tar.gz", members())  # a good one that comes later
    archive.write_bytes(archive.read_bytes()[:300])
    monkeypatch.setenv("LSTM_COURSE_DATA", str(archive))
    with pytest.raises(imdb.DataError, match=r"is cut short.* Then leave out LSTM_COURSE_DATA\.$"):
        imdb.load_data()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_archive_that_may_not_be_read(archive):
    archive.chmod(0)
    with pytest.raises(imdb.DataError, match=r"tiny\.tar\.gz cannot be read: Permission denied"):
        imdb.load_data(path=archive)


# --- The prepared cache ----------------------------------------------------------------------------------------


def test_cache_that_cannot_be_written(tmp_path, monkeypatch, archive, capsys):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("LSTM_COURSE_HOME", str(tmp_path / "file"))
    data = imdb.load_data(path=archive, unlabelled=True)
    assert len(content(data)[1]) == 8
    assert data.unlabelled.texts[0].startswith("An undecided")
    printed = capsys.readouterr().out
    assert printed.count("The prepared reviews could not be kept (") == 2
    assert (tmp_path / "file").read_text() == "in the way"


def test_full_cache(monkeypatch, archive, capsys, home):
    def fill(file, **arrays):
        file.write(b"half of it")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, "savez", fill)
    data = imdb.load_data(path=archive)
    assert len(content(data)[1]) == 8
    assert "could not be kept (No space left on device), so they are read anew" in capsys.readouterr().out
    assert not list(home.iterdir())


def test_interrupted_writing_leaves_the_old_file(monkeypatch, archive, home):
    imdb.load_data(path=archive)
    (file,) = home.glob("*.npz")
    good = file.read_bytes()

    def interrupt(part, **arrays):
        part.write(b"half of it")
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez", interrupt)
    with pytest.raises(KeyboardInterrupt):
        keep.save(file, find.prepare(find.Origin("archive", archive)))
    assert file.read_bytes() == good
    assert list(home.iterdir()) == [file]


def test_damaged_cache_is_made_again(archive, home, capsys):
    """Whatever byte of a prepared file is flipped, and wherever it is cut: the data are right."""
    whole = content(imdb.load_data(path=archive))
    (file,) = home.glob("*.npz")
    good = file.read_bytes()
    remade = 0
    for position in [*range(0, len(good), 41), *range(len(good) - 400, len(good), 7)]:
        damaged = bytearray(good)
        damaged[position] ^= 0x55
        file.write_bytes(damaged)
        assert content(imdb.load_data(path=archive)) == whole, position
        remade += "were damaged and are made again" in capsys.readouterr().out
    assert remade > 20  # the others hit the texts, which are read later, or padding
    for size in (0, 1, 100, len(good) // 2, len(good) - 1):
        file.write_bytes(good[:size])
        assert content(imdb.load_data(path=archive)) == whole
        assert "were damaged and are made again" in capsys.readouterr().out
    assert file.stat().st_size == len(good)


def test_damaged_texts_are_made_again_and_kept(archive, home):
    whole = content(imdb.load_data(path=archive))
    (file,) = home.glob("*.npz")
    good = file.read_bytes()
    position = good.index(b"A warm, patient film")
    file.write_bytes(good[:position] + b"X" + good[position + 1 :])
    assert content(imdb.load_data(path=archive)) == whole
    assert b"XA warm" not in file.read_bytes()
    assert file.read_bytes().count(b"A warm, patient film") == good.count(b"A warm, patient film")


@pytest.mark.parametrize("change", ["a part is missing", "classes differ", "pickled"])
def test_wrong_cache_is_made_again(archive, home, capsys, change):
    whole = content(imdb.load_data(path=archive))
    (file,) = home.glob("*.npz")
    with np.load(file) as kept:
        parts = {name: kept[name] for name in kept.files}
    if change == "a part is missing":
        del parts["train_stars"]
    elif change == "classes differ":
        parts["test_labels"] = np.ones(8, np.int64)
    else:
        parts["train_stars"] = np.array([Exploding()], dtype=object)
    np.savez(file, **parts)
    assert content(imdb.load_data(path=archive)) == whole
    assert "were damaged and are made again" in capsys.readouterr().out
    assert not Exploding.exploded


class Exploding:
    """Says so when it is unpickled."""

    exploded = False

    def __reduce__(self):
        return (setattr, (Exploding, "exploded", True))


def test_cache_of_another_layout_is_left_alone(archive, home, monkeypatch):
    imdb.load_data(path=archive)
    (old,) = home.glob("*.npz")
    good = old.read_bytes()
    monkeypatch.setattr(keep, "VERSION", keep.VERSION + 1)
    imdb.load_data(path=archive)
    assert old.read_bytes() == good
    assert len(list(home.glob("*.npz"))) == 2


def test_two_processes_fill_the_cache_at_once(archive, home, tmp_path):
    """Both wait for one signal, then read; both are right, and one whole file is left."""
    code = (
        "import contextlib, pathlib, sys, time; from lstm_course.reviews import imdb\n"
        "print('ready', flush=True)\n"
        "while not pathlib.Path(sys.argv[2]).exists(): time.sleep(0.001)\n"
        "for _ in range(5):\n"
        "    (x, y), _ = imdb.load_data(path=sys.argv[1])\n"
        "    print(x.tolist(), y.tolist())\n"
        "    for file in pathlib.Path(sys.argv[3]).glob('*.npz'):\n"
        "        with contextlib.suppress(OSError): file.unlink()\n"
        "imdb.load_data(path=sys.argv[1])\n"
    )
    start = tmp_path / "start"
    command = [sys.executable, "-c", code, str(archive), str(start), str(home)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in "ab"]
    for process in both:
        assert process.stdout.readline() == "ready\n"
    start.touch()
    (first, errors), (second, more_errors) = (process.communicate(timeout=60) for process in both)
    assert errors == more_errors == ""
    lines = [line for line in (first + second).splitlines() if line.startswith("[[")]
    assert len(lines) == 10
    assert len(set(lines)) == 1
    assert not list(home.glob("*.part"))
    (file,) = home.glob("*.npz")
    assert keep.load(file) is not None


# --- Keras's cache ---------------------------------------------------------------------------------------------


@pytest.fixture
def datasets(tmp_path):
    folder = tmp_path / "keras" / "datasets"
    folder.mkdir(parents=True)
    return folder


def test_keras_cache_of_an_older_version_is_not_unpickled(datasets, capsys):
    np.savez(datasets / "imdb.npz", x_train=np.array([Exploding()], dtype=object))
    (datasets / "imdb_word_index.json").write_text("{}")
    good = (datasets / "imdb.npz").read_bytes()
    assert imdb.load_data().source.kind == imdb.find_source().kind == "built-in"
    assert not Exploding.exploded
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("Keras's cache is passed over: its imdb.npz is of an older version or damaged. Reviews:")
    assert str(datasets) not in line
    assert (datasets / "imdb.npz").read_bytes() == good


def test_keras_index_of_an_older_version(datasets, monkeypatch, capsys):
    (datasets / "imdb.npz").write_bytes(b"reviews")
    monkeypatch.setattr(read, "KERAS_REVIEWS_SHA256", read.key(datasets / "imdb.npz"))
    imdb.load_data()
    assert "imdb_word_index.json cannot be read (No such file" in capsys.readouterr().out
    (datasets / "imdb_word_index.json").write_text("{}")
    imdb.load_data()
    assert "its imdb_word_index.json is of an older version or damaged." in capsys.readouterr().out


def test_pickles_of_older_keras_versions_are_not_looked_at(datasets):
    (datasets / "imdb_full.pkl").write_bytes(pickle.dumps(Exploding()))
    assert imdb.load_data().source.kind == "built-in"
    assert not Exploding.exploded


# --- The download ----------------------------------------------------------------------------------------------


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves ``body`` in the way that the path names."""

    def __init__(self, body, *args):
        self.body = body
        super().__init__(*args)

    def do_HEAD(self):
        self.send_response(200)
        self.end_headers()

    def do_GET(self):
        if self.path.startswith("/missing"):
            self.send_error(404)
            return
        self.send_response(200)
        if self.path.startswith("/length"):
            self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        whole = self.path.endswith("whole")
        self.wfile.write(self.body if whole else self.body[: len(self.body) // 2])

    def log_message(self, *args):
        pass


@pytest.fixture
def serve(archive, monkeypatch):
    """Return a function that makes the published archive be one at a local server, served in a certain way."""
    body = archive.read_bytes()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, body))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("LSTM_COURSE_OFFLINE", "0")
    monkeypatch.setattr(find, "PUBLISHED_SHA256", read.key(archive))
    monkeypatch.setenv("no_proxy", "*")

    def way(name):
        monkeypatch.setattr(find, "URL", f"http://127.0.0.1:{server.server_port}/{name}")

    yield way
    server.shutdown()
    server.server_close()


def test_download(serve, home, archive):
    serve("length-whole")
    data = imdb.load_data()
    assert data.source.kind == "downloaded"
    assert (home / "aclImdb_v1.tar.gz").read_bytes() == archive.read_bytes()
    assert content(data) == content(imdb.load_data(path=archive))
    serve("missing")  # now it is there
    assert imdb.load_data().source == data.source == imdb.find_source()


@pytest.mark.parametrize(
    ("way", "sentence"),
    [
        ("length-half", r"The download from 127\.0\.0\.1:\d+ broke off; nothing of it is kept\."),
        ("half", r"What came from 127\.0\.0\.1:\d+ is not the published archive \(its hash differs\)"),
        ("missing", r"127\.0\.0\.1:\d+ answered 404, so nothing was downloaded\."),
    ],
)
def test_failed_download(serve, home, capsys, way, sentence):
    serve(way)
    with pytest.raises(imdb.DataError, match=sentence):
        find.download()
    assert not list(home.glob("*"))
    assert imdb.load_data().source.kind == "built-in"
    (line,) = capsys.readouterr().out.splitlines()
    assert line.endswith(
        "Reviews: the built-in corpus of generated sentences, in place of the published reviews. "
        "To get those: lstm-course data --fetch"
    )
    assert not list(home.glob("*.tar.gz*"))
    assert [file.suffix for file in home.iterdir()] == [".npz"]  # the prepared built-in corpus


def test_failed_download_keeps_what_is_there(serve, home):
    home.mkdir(parents=True)
    (home / "aclImdb_v1.tar.gz").write_bytes(b"another archive")
    serve("half")
    with pytest.raises(imdb.DataError, match="its hash differs"):
        find.download()
    assert (home / "aclImdb_v1.tar.gz").read_bytes() == b"another archive"
    assert len(list(home.iterdir())) == 1


def test_wrong_hash(serve, home, monkeypatch):
    serve("length-whole")
    monkeypatch.setattr(find, "PUBLISHED_SHA256", "0" * 64)
    with pytest.raises(imdb.DataError, match="is not the published archive"):
        find.download()
    assert not list(home.glob("*"))


def test_download_into_a_cache_that_cannot_be_written(serve, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("LSTM_COURSE_HOME", str(tmp_path / "file"))
    serve("length-whole")
    with pytest.raises(imdb.DataError, match=r"The download could not be written to .*: .+\.$"):
        find.download()


def test_no_network(monkeypatch, capsys):
    monkeypatch.setenv("LSTM_COURSE_OFFLINE", "")
    monkeypatch.setattr(find, "URL", "http://127.0.0.1:9/aclImdb_v1.tar.gz")
    monkeypatch.setenv("no_proxy", "*")
    assert imdb.load_data().source.kind == "built-in"
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("There is no connection to 127.0.0.1:9, so nothing was downloaded. Reviews: the built-in")


def test_a_network_that_hangs(monkeypatch):
    """Looking up a server's name has no time limit of its own."""
    monkeypatch.setattr(requests, "head", lambda *args, **kwargs: time.sleep(20))
    began = time.monotonic()
    with pytest.raises(requests.ConnectionError):
        find._reach("a host", seconds=0.2)
    assert time.monotonic() - began < 5


def test_offline_does_not_ask(monkeypatch):
    monkeypatch.setattr(find, "download", lambda: pytest.fail("it tried to download"))
    imdb.load_data()


def test_the_hashes_are_those_that_are_published():
    """Keras's own are in the installed keras; a wrong one here would trust, or refuse, the wrong file."""
    import importlib.util

    where = Path(importlib.util.find_spec("keras").origin).parent / "src" / "datasets" / "imdb.py"
    source = where.read_text(encoding="utf-8")
    assert read.KERAS_REVIEWS_SHA256 in source
    assert read.KERAS_INDEX_MD5 in source
