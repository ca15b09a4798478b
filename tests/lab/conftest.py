"""JupyterLab, as ``lstm-course lab`` starts it, in Chromium. A test that fails says where its screenshots are."""

import contextlib
import html
import json
import os
import re
import shutil
import signal
import subprocess
import sysconfig
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 240  # seconds; everything waits for what it needs, so only a failure takes that long
SERVER = {"ServerApp": {"ip": "127.0.0.1", "port": 0, "allow_root": True, "open_browser": False}}  # port 0: a free one
NO_NEWS = {"checkForUpdates": False, "fetchNews": "false"}
NO_AUTOSAVE = {"autosave": False}  # on a busy machine one was seen to ask, in a dialog, whether to overwrite the file
SEEN = pytest.StashKey()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """Photograph what is open when a test fails, and name the folder."""
    report = yield
    if report.failed and SEEN in item.config.stash:
        seen = item.config.stash[SEEN]
        for number, page in enumerate(seen.pages):
            page.screenshot(path=seen.folder / f"{item.name}-{number}.png")
        report.sections.append(("screenshots and JupyterLab's log", str(seen.folder)))
    return report


@pytest.fixture(scope="module")
def seen(tmp_path_factory, pytestconfig):
    """Where screenshots go, and the pages of the browser that are open."""
    pytestconfig.stash[SEEN] = SimpleNamespace(folder=tmp_path_factory.mktemp("seen"), pages=[])
    return pytestconfig.stash[SEEN]


@pytest.fixture(scope="module")
def address(browser, seen, tmp_path_factory):
    """Run ``lstm-course lab`` on a copy of the course, and return the address that it would open in a browser."""
    home = tmp_path_factory.mktemp("home")
    for name in ("lstm_course", "notebooks", "figures"):
        shutil.copytree(ROOT / name, home / "course" / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    for name, value in {
        "config/jupyter_server_config.json": SERVER,
        "settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings": NO_NEWS,
        "settings/@jupyterlab/docmanager-extension/plugin.jupyterlab-settings": NO_AUTOSAVE,
    }.items():
        (home / name).parent.mkdir(parents=True)
        (home / name).write_text(json.dumps(value), encoding="utf-8")
    environment = {
        "PYTHONPATH": home / "course",
        "LSTM_COURSE_HOME": home / "progress",
        "LSTM_COURSE_OFFLINE": "1",
        "LSTM_COURSE_PROFILE": "workshop",
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_DATA_DIR": home / "data",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": home / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
    }
    environment = os.environ | {name: str(value) for name, value in environment.items()}
    environment.pop("LSTM_COURSE_DATA", None)  # no test here reads reviews
    command = [Path(sysconfig.get_path("scripts")) / "lstm-course", "lab"]
    with (seen.folder / "server.log").open("w") as log:
        running = subprocess.Popen(command, cwd=home, env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        yield _opened_address(running, home / "runtime", seen.folder / "server.log")
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGTERM)  # JupyterLab is the command's child
        running.wait(PATIENCE)


def _opened_address(running, folder, log):
    """Return the address in the page that Jupyter leaves for a browser, as soon as it is there."""
    for _ in range(PATIENCE * 5):
        for page in folder.glob("jpserver-*-open.html"):
            if found := re.search(r'href="(http[^"]+)"', page.read_text(encoding="utf-8")):
                return html.unescape(found[1])
        assert running.poll() is None, log.read_text(encoding="utf-8")
        time.sleep(0.2)
    raise AssertionError(log.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def page(browser, address, seen):
    """A page of the browser, and in it what ``lstm-course lab`` opens."""
    found = browser.new_page(viewport={"width": 1300, "height": 1000})
    found.set_default_timeout(PATIENCE * 1000)
    seen.pages.append(found)
    found.goto(address)
    yield found
    found.close()
    seen.pages.remove(found)
