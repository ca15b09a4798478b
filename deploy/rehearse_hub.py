"""Rehearse a class: a real JupyterHub on this machine, simulated learners in it, and a report of what they needed.

    pip install -c constraints.txt -e ".[hub]"
    npm install configurable-http-proxy              # then put node_modules/.bin on the PATH
    LSTM_COURSE_DATA=/path/to/aclImdb_v1.tar.gz python deploy/rehearse_hub.py --learners 30 --minutes 10

Each learner logs in, follows the nbgitpuller link, executes notebooks 00 and 01, answers two exercises wrong and then
right, tries to reach what belongs to two others, has a kernel killed, goes on and leaves. All of them are one user of
this machine: that one cannot read another's files there is The Littlest JupyterHub's part, not this rehearsal's.
"""

import os
import secrets
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import click
import psutil
import requests

from lstm_course.reviews import imdb
from lstm_course.settings import paths

DEPLOY = Path(__file__).resolve().parent
ROOT = DEPLOY.parent
sys.path.insert(0, str(DEPLOY))

from learner import Learner, Story, progress_faults  # noqa: E402

# What only the rehearsal has: a spawner without accounts, everyone's password, an administrator's token to end it.
SETTINGS = """
load_subconfig({settings!r})
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_port = {hub_port}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy_port}"
c.ConfigurableHTTPProxy.auth_token = {token!r}
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = {homes!r}
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = {token!r}
c.Authenticator.allow_all = True
c.Spawner.args = [*c.Spawner.args, "--ServerApp.allow_root=True"]
c.JupyterHub.services = [dict(name="culler", api_token={token!r})]
scopes = ["list:users", "read:users:activity", "read:servers", "delete:servers"]
c.JupyterHub.load_roles = [dict(name="culler", scopes=scopes, services=["culler"])]
c.JupyterHub.db_url = "sqlite:///{folder}/hub.sqlite"
c.JupyterHub.cookie_secret_file = "{folder}/cookie_secret"
c.JupyterHub.log_level = "WARN"
"""


def stop(sentence: str) -> None:
    """End with one sentence."""
    sys.exit(f"lstm-course: {sentence}")


def check_machine(port: int) -> None:
    """Stop if something that the rehearsal needs is missing."""
    if shutil.which("jupyterhub") is None:
        stop('JupyterHub is not installed; get it with: pip install -c constraints.txt -e ".[hub]"')
    if shutil.which("configurable-http-proxy") is None:
        stop(
            "configurable-http-proxy is not on the PATH; get it with: npm install configurable-http-proxy, "
            "then: export PATH=$PWD/node_modules/.bin:$PATH"
        )
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            stop(f"port {port} is in use; choose another one: --port {port + 100}")


def prepare_reviews() -> None:
    """Prepare the reviews as an administrator does, if that was not done; stop if they are broken."""
    named = os.environ.get("LSTM_COURSE_DATA", "")
    if named and Path(named).exists():  # else the hub's settings say what is missing
        try:
            imdb.load_data()
        except imdb.DataError as error:
            stop(str(error))


def free_port() -> int:
    """Return a port that nothing listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Hub:
    """A JupyterHub in a folder of its own, started by ``with``."""

    def __init__(self, folder: Path, port: int):
        self.folder, self.url = folder, f"http://127.0.0.1:{port}"
        self.token = secrets.token_hex(16)
        names = {"port": port, "hub_port": free_port(), "proxy_port": free_port(), "token": self.token}
        names |= {"folder": folder, "homes": f"{folder}/homes/{{username}}"}
        self.settings = folder / "jupyterhub_config.py"
        self.settings.write_text(SETTINGS.format(settings=str(DEPLOY / "lstm_course_hub.py"), **names))
        self.log = folder / "hub.log"

    def __enter__(self):
        environment = os.environ | {paths.CACHE_VARIABLE: str(paths.cache_folder())}
        environment.pop(paths.VARIABLE, None)  # each learner has a home
        with self.log.open("w") as log:
            command = ["jupyterhub", "-f", str(self.settings)]
            self.process = subprocess.Popen(command, cwd=self.folder, env=environment, stdout=log, stderr=log)
        end = time.monotonic() + 120
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > end:
                self.__exit__()
                said = [line for line in self.log.read_text().splitlines() if line.startswith("lstm-course: ")]
                stop(said[-1].removeprefix("lstm-course: ") if said else f"the hub did not start; {self.log} says why.")
            time.sleep(0.5)
        return self

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/hub/health", timeout=10).ok  # the proxy alone answers 404
        except requests.RequestException:
            return False

    def __exit__(self, *_):
        family = psutil.Process(self.process.pid).children(recursive=True) if self.process.poll() is None else []
        self.process.terminate()
        psutil.wait_procs([self.process, *family], timeout=15)
        for process in family:
            if process.is_running():
                process.kill()

    def cull(self, seconds: int) -> bool:
        """Run the culler until it has stopped all servers that were idle so long; return whether it did."""
        culler = [sys.executable, "-m", "jupyterhub_idle_culler", f"--url={self.url}/hub/api", f"--timeout={seconds}"]
        environment = os.environ | {"JUPYTERHUB_API_TOKEN": self.token}
        end = time.monotonic() + 120
        with (self.folder / "culler.log").open("w") as log:
            process = subprocess.Popen([*culler, "--cull-every=5"], env=environment, stdout=log, stderr=log)
        while (left := self._servers()) and time.monotonic() < end:
            time.sleep(2)
        process.terminate()
        process.wait()
        return not left

    def _servers(self) -> list[str]:
        headers = {"Authorization": f"token {self.token}"}
        users = requests.get(f"{self.url}/hub/api/users", headers=headers, timeout=60).json()
        return [user["name"] for user in users if user["servers"]]


def rollup(text: str) -> dict[str, int]:
    """Return the bytes that ``/proc/PID/smaps_rollup`` names, such as ``Rss`` and ``Pss``."""
    rows = (line.split() for line in text.splitlines()[1:])
    return {row[0].rstrip(":"): 1024 * int(row[1]) for row in rows}


@dataclass
class Watch:
    """What the servers and kernels of the learners take, looked at every few seconds.

    Attributes:
        peaks: by learner, the largest sums of ``Pss`` and ``Rss`` over server and kernels.
        servers: by learner, the largest ``Pss`` of the server alone.
        together: the largest sum of ``Pss`` over all learners.
        present: the largest number of servers at once.
        seconds: by process, the processor seconds until it was last seen, and whose it is.
    """

    peaks: dict = field(default_factory=lambda: defaultdict(lambda: {"Pss": 0, "Rss": 0}))
    servers: dict = field(default_factory=lambda: defaultdict(int))
    together: int = 0
    present: int = 0
    seconds: dict = field(default_factory=dict)

    def note(self, seen: list[tuple[str, bool, int, dict[str, int], float]]) -> None:
        """Take one look into account: ``(learner, whether it is a kernel, pid, memory, processor seconds)`` each."""
        sums = defaultdict(lambda: {"Pss": 0, "Rss": 0})
        for name, is_kernel, pid, memory, seconds in seen:
            self.seconds[pid] = (name, seconds)
            for kind in ("Pss", "Rss"):
                sums[name][kind] += memory[kind]
            if not is_kernel:
                self.servers[name] = max(self.servers[name], memory["Pss"])
        for name, sizes in sums.items():
            self.peaks[name] = {kind: max(size, self.peaks[name][kind]) for kind, size in sizes.items()}
        self.together = max(self.together, sum(sizes["Pss"] for sizes in sums.values()))
        self.present = max(self.present, len(sums))

    def processor_seconds(self) -> dict[str, float]:
        """Return the processor seconds of each learner."""
        found = defaultdict(float)
        for name, seconds in self.seconds.values():
            found[name] += seconds
        return found

    def run(self, hub: Hub, ended: threading.Event) -> None:
        """Look until it is over."""
        owners: dict[int, str] = {}
        while not ended.wait(2):
            seen = []
            for process in psutil.Process(hub.process.pid).children(recursive=True):
                try:
                    if process.pid not in owners:
                        owners[process.pid] = process.environ().get("JUPYTERHUB_USER", "")
                    if not owners[process.pid]:
                        continue
                    memory = rollup(Path(f"/proc/{process.pid}/smaps_rollup").read_text())
                    times = process.cpu_times()
                    is_kernel = "ipykernel_launcher" in process.cmdline()
                    seen.append((owners[process.pid], is_kernel, process.pid, memory, times.user + times.system))
                except (psutil.Error, OSError):  # it has ended meanwhile
                    continue
            self.note(seen)


def report(stories: list[Story], faults: list[str], watch: Watch, minutes: float, loads: tuple[float, float]) -> str:
    """Return what the rehearsal found, in lines.

    Args:
        stories: one a learner.
        faults: what is wrong with what was kept.
        watch: what was measured meanwhile.
        minutes: how long all took.
        loads: the machine's load average at the beginning and in the end.
    """

    def spread(values, unit, factor=1.0, digits=0):
        numbers = [factor * value for value in values]
        if not numbers:
            return "nobody came so far"
        return f"median {statistics.median(numbers):.{digits}f} {unit}, worst {max(numbers):.{digits}f} {unit}"

    whole = [story for story in stories if not story.failure]
    refused = sum((story.refused for story in stories), start=Counter())
    statuses = ", ".join(f"{count} × {status}" for status, count in sorted(refused.items()))
    seconds = watch.processor_seconds()
    pss = [sizes["Pss"] for sizes in watch.peaks.values()]
    lines = [
        f"finished            {len(whole)} of {len(stories)} learners in {minutes:.1f} minutes, "
        f"at most {watch.present} at a time, on {os.cpu_count()} processors with load {loads[0]:.1f} before and "
        f"{loads[1]:.1f} after",
        f"server ready        {spread([s.server for s in whole], 's')} after the login",
        f"first output        {spread([s.first_output for s in whole], 's')} after the login",
        f"memory (PSS)        {spread(pss, 'MB', 1e-6)} a learner; the server alone "
        f"{spread(watch.servers.values(), 'MB', 1e-6)}",
        f"memory (RSS)        {spread([s['Rss'] for s in watch.peaks.values()], 'MB', 1e-6)} a learner",
        f"all together        {watch.together / 2**30:.1f} GiB (PSS) at most",
        f"processor           {spread(seconds.values(), 's')} a learner, for the server, 00, 01 and half of 01 again",
        f"answers             {sum(story.answers for story in stories)} right, each after a wrong one",
        f"kernels killed      {sum(story.kernels_killed for story in stories)}, and gone on",
        f"reaching others     {refused.total()} tries, all refused: {statuses}",
        f"progress kept       {len(stories) - len({fault.split(':')[0] for fault in faults})} of {len(stories)}",
    ]
    return "\n".join([*lines, *faults, *(f"{story.name}: {story.failure}" for story in stories if story.failure)])


def rehearse(hub: Hub, learners: int, minutes: float, at_once: int) -> tuple[list[Story], Watch]:
    """Let learners arrive evenly over some minutes; the last one forgets to leave.

    Args:
        hub: where.
        learners: how many.
        minutes: over which they arrive.
        at_once: how many are there at most; who comes when the room is full waits outside.
    """
    names = [f"learner{number:03}" for number in range(1, learners + 1)]
    git = ["git", "-C", str(ROOT), "rev-parse", "--abbrev-ref", "HEAD"]
    branch = subprocess.run(git, capture_output=True, text=True, check=True).stdout.strip()
    watch, ended, began = Watch(), threading.Event(), time.monotonic()
    watcher = threading.Thread(target=watch.run, args=(hub, ended))
    watcher.start()

    def one(number: int) -> Story:
        time.sleep(max(0, began + 60 * minutes * number / learners - time.monotonic()))
        learner = Learner(names[number], hub.url, hub.token, ROOT.as_uri(), branch)
        others = [names[number - 1], names[(number + 1) % learners]] if learners > 1 else []
        story = learner.live(others, leaves=number < learners - 1)
        click.echo(f"{story.name} {story.end:5.0f} s {story.failure or 'finished'}")
        return story

    try:
        with ThreadPoolExecutor(at_once) as room:
            stories = list(room.map(one, range(learners)))
    finally:
        ended.set()
        watcher.join()
    return stories, watch


@click.command(help=__doc__)
@click.option("--learners", default=30, show_default=True, type=click.IntRange(1))
@click.option("--minutes", default=10.0, show_default=True, help="over which they arrive")
@click.option("--at-once", default=8, show_default=True, type=click.IntRange(1), help="how many are there at most")
@click.option("--port", default=8000, show_default=True)
@click.option("--folder", type=click.Path(path_type=Path), help="keeps the homes; else they go")
def main(learners: int, minutes: float, at_once: int, port: int, folder: Path | None) -> None:
    """Rehearse, report, and exit with 1 if anything failed."""
    check_machine(port)
    prepare_reviews()
    with tempfile.TemporaryDirectory() as passing:
        folder = (folder or Path(passing)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        began, load = time.monotonic(), os.getloadavg()[0]
        with Hub(folder, port) as hub:
            stories, watch = rehearse(hub, learners, minutes, at_once)
            took = (time.monotonic() - began) / 60
            culled = hub.cull(seconds=5)
        names = [story.name for story in stories]
        faults = [fault for name in names for fault in progress_faults(folder / "homes" / name, name, names)]
        text = report(stories, faults, watch, took, (load, os.getloadavg()[0]))
        click.echo(f"\n{text}\nidle culling        {'the server left running was stopped' if culled else 'FAILED'}")
        sys.exit(1 if faults or not culled or any(story.failure for story in stories) else 0)


if __name__ == "__main__":
    main()
