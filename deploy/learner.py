"""One simulated learner: a browser's requests to a JupyterHub, from the login to the end of notebook 01."""

import json
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import psutil
import requests
import websocket

PATIENCE = 600  # seconds for a server, a kernel or a cell; a busy machine is slow, and slow is measured, not failed
COPY = "lstm-course"  # the folder of a learner's copy
# Notebook -> (the cell with the stub, a wrong answer, a right one that carries the learner's name).
EXERCISES = {
    "00_welcome": (
        "exercise-praise-stub",
        'praise = "{name} found it awful and boring."',
        'praise = "{name} loved it. Excellent actors, a wonderful story, and a perfect ending."',
    ),
    "01_rnn_from_scratch": (
        "exercise-count-stub",
        "def count_parameters(features, units):\n    return features * units + units  # {name}",
        "def count_parameters(features, units):\n    return features * units + units * units + units  # {name}",
    ),
}


class RehearsalError(Exception):
    """What a learner could not do."""


@dataclass
class Story:
    """What happened to a learner; times are seconds since the login.

    Attributes:
        name: the learner's.
        server: until the server answered.
        first_output: until the first cell of notebook 00 had printed something.
        end: until the server was stopped.
        failure: what went wrong, or empty.
        answers: how often a wrong answer was told wrong and the right one after it right.
        refused: how often each status answered a try to reach another learner's things.
        kernels_killed: how often the kernel was killed from outside.
    """

    name: str
    server: float = 0.0
    first_output: float = 0.0
    end: float = 0.0
    failure: str = ""
    answers: int = 0
    refused: Counter = field(default_factory=Counter)
    kernels_killed: int = 0


def answered(source: str, answer: str) -> str:
    """Return a stub's cell with an answer in its place: what comes before the call of the check is replaced."""
    check = source[source.index("\nnb0") :]
    return answer + "\n" + check


class Learner:
    """A learner with a browser's cookies, on a hub at ``hub`` such as ``http://127.0.0.1:8000``."""

    def __init__(self, name: str, hub: str, password: str, repository: str, branch: str):
        self.name, self.hub, self.password = name, hub, password
        self.repository, self.branch = repository, branch
        self.base = f"{hub}/user/{name}"
        self.http = requests.Session()
        self.story = Story(name)

    def _request(self, method: str, url: str, **more) -> requests.Response:
        path = "/hub/" if url.startswith(f"{self.hub}/hub/") else f"/user/{self.name}/"
        token = next((c.value for c in self.http.cookies if c.name == "_xsrf" and c.path == path), "")
        return self.http.request(method, url, headers={"X-XSRFToken": token}, timeout=PATIENCE, **more)

    def _ask(self, method: str, url: str, **more) -> requests.Response:
        answer = self._request(method, url, **more)
        if answer.status_code >= 400:
            raise RehearsalError(f"{method} {url} answered {answer.status_code}: {answer.text[:200]}")
        return answer

    def live(self, others: list[str], leaves: bool = True) -> Story:
        """Do all that a learner does; a failure is kept in the story.

        Args:
            others: the names of learners whose things to try to reach.
            leaves: whether the server is stopped in the end, as *Stop My Server* does.
        """
        self.began = time.monotonic()
        try:
            self.log_in()
            self.copy_notebooks()
            self.work_through("00_welcome")
            for other in others:
                self.trespass(other)
            self.work_through("01_rnn_from_scratch", killed_at=0.5)
            if leaves:
                self.stop()
        except (RehearsalError, requests.RequestException, websocket.WebSocketException, OSError) as error:
            self.story.failure = f"{type(error).__name__}: {error}"
        self.story.end = self._since()
        return self.story

    def _since(self) -> float:
        return time.monotonic() - self.began

    def log_in(self) -> None:
        """Log in, have the server started, and let it know the browser."""
        self._ask("GET", f"{self.hub}/hub/login")
        token = next(c.value for c in self.http.cookies if c.name == "_xsrf")
        form = {"username": self.name, "password": self.password, "_xsrf": token}
        self._ask("POST", f"{self.hub}/hub/login", data=form, params={"next": "/hub/spawn"})
        self._until(lambda: self._server().get("ready"), "the server did not start")
        self._ask("GET", f"{self.base}/lab")
        self.story.server = self._since()

    def _server(self) -> dict:
        return self._ask("GET", f"{self.hub}/hub/api/users/{self.name}").json()["servers"].get("", {})

    def _until(self, holds, otherwise: str):
        end = time.monotonic() + PATIENCE
        while not (found := holds()):
            if time.monotonic() > end:
                raise RehearsalError(f"{otherwise} within {PATIENCE} s")
            time.sleep(0.5)
        return found

    def copy_notebooks(self) -> None:
        """Follow the nbgitpuller link."""
        link = urlencode({"repo": self.repository, "branch": self.branch, "targetpath": COPY})
        said = self._ask("GET", f"{self.base}/git-pull/api?{link}").text
        if '"phase": "finished"' not in said:
            raise RehearsalError(f"nbgitpuller did not finish: {said[-300:]}")

    def work_through(self, notebook: str, killed_at: float | None = None) -> None:
        """Run all code cells, answer the exercise wrong and then right, save, and close the notebook.

        Args:
            notebook: its name without the ending.
            killed_at: after which share of the cells the kernel is killed; then all cells are run again.
        """
        path = f"{COPY}/notebooks/{notebook}.ipynb"
        document = self._ask("GET", f"{self.base}/api/contents/{path}").json()
        cells = [cell for cell in document["content"]["cells"] if cell["cell_type"] == "code"]
        wish = {"path": path, "type": "notebook", "name": path, "kernel": {"name": "python3"}}
        session = self._ask("POST", f"{self.base}/api/sessions", json=wish).json()
        kernel = Kernel(self, session["kernel"]["id"])
        if killed_at is not None:
            for cell in cells[: int(killed_at * len(cells))]:
                self._run(kernel, notebook, cell)
            kernel.kill_and_wait()
            self.story.kernels_killed += 1
        for cell in cells:
            self._run(kernel, notebook, cell)
        for cell in cells:
            cell.pop("stub", None)
        content = {"type": "notebook", "format": "json", "content": document["content"]}
        self._ask("PUT", f"{self.base}/api/contents/{path}", json=content)
        kernel.close()
        self._ask("DELETE", f"{self.base}/api/sessions/{session['id']}")

    def _run(self, kernel: "Kernel", notebook: str, cell: dict) -> None:
        stub, *answers = EXERCISES[notebook]
        if cell.get("id") != stub:
            kernel.run(cell["source"])
        else:
            original = cell.setdefault("stub", cell["source"])
            for mark, answer in zip("✗✓", answers, strict=True):
                cell["source"] = answered(original, answer.format(name=self.name))
                said = kernel.run(cell["source"])
                if not said.startswith(mark):
                    raise RehearsalError(f"the check of {stub} was to say {mark}, and it said: {said}")
            self.story.answers += 1
        if not self.story.first_output and kernel.first_output:
            self.story.first_output = kernel.first_output - self.began

    def trespass(self, other: str) -> None:
        """Try to reach another learner's notebooks, kernels and account; whatever is not refused is a failure."""
        theirs = f"{self.hub}/user/{other}/api"
        tries = [
            ("GET", f"{theirs}/contents/{COPY}/notebooks/00_welcome.ipynb"),
            ("GET", f"{theirs}/kernels"),
            ("POST", f"{theirs}/kernels"),
            ("PUT", f"{theirs}/contents/planted.txt"),
            ("GET", f"{self.hub}/hub/api/users/{other}"),
            ("DELETE", f"{self.hub}/hub/api/users/{other}/server"),
        ]
        for method, url in tries:
            answer = self._request(method, url, json={})
            self.story.refused[answer.status_code] += 1
            if answer.status_code not in (403, 404):
                raise RehearsalError(f"{method} {url} was not refused: {answer.status_code}")

    def stop(self) -> None:
        """Stop the server, as the button in JupyterLab's hub menu does."""
        self._ask("DELETE", f"{self.hub}/hub/api/users/{self.name}/server")
        self._until(lambda: not self._server(), "the server did not stop")


class Kernel:
    """A learner's kernel, by its websocket."""

    def __init__(self, learner: Learner, identifier: str):
        self.learner, self.id = learner, identifier
        self.first_output = 0.0  # by time.monotonic()
        self._connect()

    def _connect(self) -> None:
        base = self.learner.base.replace("http://", "ws://", 1)
        paths = ("/", f"/user/{self.learner.name}/")
        cookies = "; ".join(f"{c.name}={c.value}" for c in self.learner.http.cookies if c.path in paths)
        url = f"{base}/api/kernels/{self.id}/channels"
        self.socket = websocket.create_connection(url, cookie=cookies, timeout=PATIENCE, suppress_origin=True)

    def run(self, source: str) -> str:
        """Execute a cell and return what it printed.

        Raises:
            RehearsalError: the cell raised.
        """
        message = uuid.uuid4().hex
        header = {"msg_id": message, "msg_type": "execute_request", "username": "", "session": "", "version": "5.3"}
        content = {"code": source, "silent": False, "store_history": True, "allow_stdin": False, "stop_on_error": True}
        request = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
        self.socket.send(json.dumps(request | {"buffers": []}))
        printed = ""
        while True:
            received = self.socket.recv()
            if isinstance(received, bytes):  # a widget's weights
                continue
            answer = json.loads(received)
            if answer["parent_header"].get("msg_id") != message:
                continue
            kind, content = answer["msg_type"], answer["content"]
            if kind in ("stream", "display_data", "execute_result"):
                self.first_output = self.first_output or time.monotonic()
                printed += content.get("text", "")
            elif kind == "error":
                raise RehearsalError(f"{content['ename']}: {content['evalue']}, in the cell\n{source[:200]}")
            elif kind == "status" and content["execution_state"] == "idle":
                return printed

    def kill_and_wait(self) -> None:
        """Kill the kernel's process as a machine out of memory would, and wait until the server has a new one."""
        (process,) = [p for p in psutil.process_iter(["cmdline"]) if f"kernel-{self.id}.json" in str(p.info["cmdline"])]
        process.kill()
        self.socket.close()

        def new_one() -> bool:
            running = psutil.process_iter(["cmdline", "pid"])
            found = {p.info["pid"] for p in running if f"kernel-{self.id}.json" in str(p.info["cmdline"])}
            return bool(found - {process.pid})

        self.learner._until(new_one, "the killed kernel was not started again")
        self._connect()

    def close(self) -> None:
        """Close the connection."""
        self.socket.close()


def progress_faults(home: Path, name: str, everyone: list[str]) -> list[str]:
    """Return what is wrong with the progress and the notebooks that lie in a learner's home folder.

    Args:
        home: the folder.
        name: whose it is; the right answers carry it.
        everyone: the names of all learners.
    """
    files = sorted((home / ".local/share/lstm-course/attempts").glob("*.json"))
    attempts = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    states = {(kept["notebook"], kept["state"]) for kept in attempts}
    faults = [
        f"{name}: no attempt of notebook {notebook} that was {state} is kept"
        for notebook in ("00", "01")
        for state in ("tried", "right")
        if (notebook, state) not in states
    ]
    texts = {file.name: file.read_text(encoding="utf-8") for file in files}
    for notebook in EXERCISES:
        path = home / COPY / "notebooks" / f"{notebook}.ipynb"
        texts[path.name] = path.read_text(encoding="utf-8") if path.exists() else ""
        if name not in texts[path.name]:
            faults.append(f"{name}: the answer in {path.name} was not saved")
    for file, text in texts.items():
        faults += [f"{name}: {file} holds {other}'s answer" for other in everyone if other != name and other in text]
    return faults
