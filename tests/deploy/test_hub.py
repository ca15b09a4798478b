"""The settings for a hub agree with each other and with the package, and what rehearses a class judges rightly.

The rehearsal itself starts a JupyterHub and takes minutes: python deploy/rehearse_hub.py --learners 2 --minutes 0
"""

import importlib.util
import json
import re
import socket
import sys
import tomllib
from collections import Counter
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from traitlets.config.loader import PyFileConfigLoader

from lstm_course.commands import doctor
from lstm_course.settings import paths

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
TLJH = yaml.safe_load((DEPLOY / "tljh.yaml").read_text(encoding="utf-8"))
CLUSTER = yaml.safe_load((DEPLOY / "zero_to_jupyterhub.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def rehearsal():
    sys.path.insert(0, str(DEPLOY))
    spec = importlib.util.spec_from_file_location("rehearse_hub", DEPLOY / "rehearse_hub.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["rehearse_hub"] = module  # its dataclasses look there
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def learner(rehearsal):
    return sys.modules["learner"]


@pytest.fixture
def reviews(tmp_path, monkeypatch):
    """Put files where the settings look for the reviews; return the folder."""
    (tmp_path / "prepared").mkdir()
    (tmp_path / "prepared" / "reviews.npz").touch()
    (tmp_path / "aclImdb_v1.tar.gz").touch()
    monkeypatch.setenv("LSTM_COURSE_DATA", str(tmp_path / "aclImdb_v1.tar.gz"))
    monkeypatch.setenv("LSTM_COURSE_CACHE", str(tmp_path / "prepared"))
    monkeypatch.delenv("LSTM_COURSE_PROFILE", raising=False)
    return tmp_path


def settings():
    return PyFileConfigLoader("lstm_course_hub.py", str(DEPLOY)).load_config()


def test_one_machine_and_a_cluster_give_a_learner_the_same(reviews):
    hub, cluster = settings().Spawner, CLUSTER["singleuser"]
    folder = "/srv/lstm-course-data"
    assert {name: value.replace(str(reviews), folder) for name, value in hub.environment.items()} == cluster["extraEnv"]
    assert ["jupyterhub-singleuser", *hub.args] == cluster["cmd"]
    assert TLJH["limits"] == {"memory": cluster["memory"]["limit"], "cpu": cluster["cpu"]["limit"]}
    cull = TLJH["services"]["cull"]
    assert cull == CLUSTER["cull"]
    (mount,) = cluster["storage"]["extraVolumeMounts"]
    assert (mount["mountPath"], mount["readOnly"]) == (folder, True)


def test_jupyterhub_knows_every_setting(reviews):
    app = pytest.importorskip("jupyterhub.app", reason="JupyterHub is not installed here: pip install -e '.[hub]'")
    from jupyterhub.spawner import LocalProcessSpawner

    for name, owner in {"JupyterHub": app.JupyterHub, "Spawner": LocalProcessSpawner}.items():
        made = owner(config=settings())
        for trait, value in settings()[name].items():
            assert owner.class_traits()[trait].metadata.get("config")
            assert getattr(made, trait) == value


def test_the_servers_know_every_argument():
    manager = pytest.importorskip("jupyter_server.services.kernels.kernelmanager").MappingKernelManager
    for argument in CLUSTER["singleuser"]["cmd"][1:]:
        trait = re.fullmatch(r"--MappingKernelManager\.(\w+)=\w+", argument)[1]
        assert manager.class_traits()[trait].metadata.get("config")


def test_without_reviews_the_hub_says_where_they_belong(reviews):
    archive = reviews / "aclImdb_v1.tar.gz"
    archive.unlink()
    with pytest.raises(SystemExit) as stopped:
        settings()
    assert str(stopped.value) == (
        f"lstm-course: there are no reviews at {archive}; put aclImdb_v1.tar.gz there, or name it: LSTM_COURSE_DATA"
    )


def test_without_a_prepared_copy_the_hub_says_how_to_make_it(reviews):
    (reviews / "prepared" / "reviews.npz").unlink()
    with pytest.raises(SystemExit, match=r"^lstm-course: the reviews are not prepared in .*lstm-course data --verify$"):
        settings()


def test_a_shared_cache_is_used_and_need_not_be_writable(reviews, monkeypatch):
    assert paths.cache_folder() == reviews / "prepared"
    assert doctor.check_cache() == (True, f"{reviews / 'prepared'} holds prepared reviews")
    monkeypatch.setenv("LSTM_COURSE_HOME", str(reviews / "home"))
    assert paths.data_folder() == reviews / "home" / "data"


def test_the_image_has_a_declared_python_and_the_packages_version():
    (python,) = re.findall(r"^FROM python:([\d.]+)-slim$", (DEPLOY / "Dockerfile").read_text(), re.M)
    assert python + ".0" in Requirement("python" + PROJECT["requires-python"]).specifier
    assert CLUSTER["singleuser"]["image"]["tag"] == PROJECT["version"]


def test_a_machine_that_lacks_something_is_told_what(rehearsal, monkeypatch, tmp_path):
    def said(port):
        with pytest.raises(SystemExit) as stopped:
            rehearsal.check_machine(port)
        return str(stopped.value)

    monkeypatch.setenv("PATH", str(tmp_path))
    assert said(0) == (
        'lstm-course: JupyterHub is not installed; get it with: pip install -c constraints.txt -e ".[hub]"'
    )
    for program in ("jupyterhub", "configurable-http-proxy"):
        if program == "configurable-http-proxy":
            assert said(0).startswith(
                "lstm-course: configurable-http-proxy is not on the PATH; get it with: npm install "
            )
        (tmp_path / program).touch(mode=0o755)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert said(port) == f"lstm-course: port {port} is in use; choose another one: --port {port + 100}"


@pytest.mark.parametrize("notebook", ["00_welcome", "01_rnn_from_scratch"])
def test_the_simulated_answers_are_wrong_and_right(learner, notebook, capsys, tmp_path, monkeypatch):
    monkeypatch.setenv(paths.VARIABLE, str(tmp_path))
    stub, *answers = learner.EXERCISES[notebook]
    cells = json.loads((ROOT / "notebooks" / f"{notebook}.ipynb").read_text(encoding="utf-8"))["cells"]
    (cell,) = (cell for cell in cells if cell.get("id") == stub)
    number = notebook[:2]
    module = importlib.import_module(f"lstm_course.exercises.nb{number}")
    for answer in answers:
        exec(learner.answered("".join(cell["source"]), answer.format(name="Ada")), {f"nb{number}": module})
    assert [line[0] for line in capsys.readouterr().out.splitlines() if line[:1] in "✓✗"] == ["✗", "✓"]


ROLLUP = """55d0-7ffc ---p 00000000 00:00 0                          [rollup]
Rss:              190000 kB
Pss:              140000 kB
Pss_Dirty:        100000 kB
"""


def test_memory_is_summed_by_learner_and_the_peaks_kept(rehearsal):
    memory = rehearsal.rollup(ROLLUP)
    assert (memory["Rss"], memory["Pss"]) == (190_000 * 1024, 140_000 * 1024)
    watch = rehearsal.Watch()
    server = ("ada", False, 1, {"Pss": 100, "Rss": 130}, 2.0)
    watch.note(
        [server, ("ada", True, 2, {"Pss": 150, "Rss": 190}, 1.0), ("bob", False, 3, {"Pss": 90, "Rss": 130}, 2.0)]
    )
    watch.note([server, ("ada", True, 4, {"Pss": 20, "Rss": 400}, 0.5)])
    assert watch.peaks == {"ada": {"Pss": 250, "Rss": 530}, "bob": {"Pss": 90, "Rss": 130}}
    assert (watch.servers, watch.together, watch.present) == ({"ada": 100, "bob": 90}, 340, 2)
    assert watch.processor_seconds() == {"ada": 3.5, "bob": 2.0}


@pytest.fixture
def home(tmp_path, learner):
    """A home as a learner leaves it."""
    attempts = tmp_path / ".local/share/lstm-course/attempts"
    notebooks = tmp_path / learner.COPY / "notebooks"
    attempts.mkdir(parents=True)
    notebooks.mkdir(parents=True)
    for number, (notebook, state) in enumerate((n, s) for n in ("00", "01") for s in ("tried", "right")):
        kept = {"notebook": notebook, "state": state, "answer": "says learner001"}
        (attempts / f"{number}.json").write_text(json.dumps(kept), encoding="utf-8")
    for name in learner.EXERCISES:
        (notebooks / f"{name}.ipynb").write_text("says learner001", encoding="utf-8")
    return tmp_path


def test_progress_that_is_whole_has_no_fault(learner, home):
    assert learner.progress_faults(home, "learner001", ["learner001", "learner002"]) == []


def test_lost_progress_and_someone_elses_answer_are_found(learner, home):
    attempts = home / ".local/share/lstm-course/attempts"
    (attempts / "3.json").unlink()
    (home / learner.COPY / "notebooks" / "00_welcome.ipynb").write_text("says learner002", encoding="utf-8")
    assert learner.progress_faults(home, "learner001", ["learner001", "learner002"]) == [
        "learner001: no attempt of notebook 01 that was right is kept",
        "learner001: the answer in 00_welcome.ipynb was not saved",
        "learner001: 00_welcome.ipynb holds learner002's answer",
    ]


def test_the_report_counts_what_finished_and_names_what_did_not(rehearsal, learner):
    refused = Counter({403: 11, 404: 1})
    whole = learner.Story("ada", 4.0, 9.0, 60.0, "", 2, refused, 1)
    watch = rehearsal.Watch()
    watch.note([("ada", False, 1, {"Pss": 100_000_000, "Rss": 130_000_000}, 2.0)])
    text = rehearsal.report([whole, learner.Story("bob", failure="no server")], ["bob: lost"], watch, 1.0, (0.5, 2.0))
    assert text.startswith("finished            1 of 2 learners in 1.0 minutes, at most 1 at a time")
    assert "first output        median 9 s, worst 9 s after the login" in text
    assert "answers             2 right, each after a wrong one" in text
    assert "reaching others     12 tries, all refused: 11 × 403, 1 × 404" in text
    assert "progress kept       1 of 2" in text
    assert text.endswith("bob: lost\nbob: no server")
