"""A review set of a few invented sentences in the published layout, as an archive or as a folder."""

import io
import tarfile

import numpy as np

_GOOD = "A warm, patient film; it's the one I would see again."
_BAD = "A cold and hurried film<br />nobody in it seems to care."


def members(per_class=4, unlabelled=3):
    """Return member name -> content of a balanced set with as many reviews in each of the four folders."""
    random = np.random.RandomState(0)
    files = {}
    for split, first_title in (("train", 100), ("test", 200)):
        for label, text, stars in (("pos", _GOOD, (7, 8, 9, 10)), ("neg", _BAD, (1, 2, 3, 4))):
            for number in range(per_class):
                words = " ".join(random.choice(["boat", "lamp", "Lamp", "river", "naïve", "won't"], 5))
                only_here = f"{split}only" if number == 0 else ""
                name = f"aclImdb/{split}/{label}/{number}_{stars[number % 4]}.txt"
                files[name] = f"{text} {words} {only_here}".encode()
            urls = [f"http://www.imdb.com/title/tt{first_title + n:07d}/usercomments" for n in range(per_class)]
            files[f"aclImdb/{split}/urls_{label}.txt"] = "\n".join(urls).encode()
    for number in range(unlabelled):
        files[f"aclImdb/train/unsup/{number}_0.txt"] = f"An undecided film about lamp number {number}.".encode()
    urls = [f"http://www.imdb.com/title/tt{300 + n:07d}/usercomments" for n in range(unlabelled)]
    files["aclImdb/train/urls_unsup.txt"] = "\n".join(urls).encode()
    files["aclImdb/README"] = b"Not a review."
    return files


def write_archive(path, files, extra=()):
    """Write a .tar.gz of ``files`` and of ``extra`` TarInfo objects without content; return its path."""
    with tarfile.open(path, "w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
        for member in extra:
            tar.addfile(member)
    return path


def write_folder(path, files):
    """Write ``files`` below the folder ``path``; return the folder aclImdb in it."""
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return path / "aclImdb"
