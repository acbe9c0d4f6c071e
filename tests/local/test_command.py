"""`cloudshelf local` as somebody at a terminal meets it."""

import errno
import json
import os
import pty
import re
import select
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner

from cloudshelf.local import command
from cloudshelf.local.resources.registry import Registry, UndecidedResourceError
from cloudshelf.local.session import SessionError, starting
from cloudshelf.terminal import credentials_file

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "cloudshelf", "local"]
OPEN = re.compile(r'The shop is open after [0-9.]+ s: (\S+)|"event": "open", .*"url": "([^"]+)"')
DONE = re.compile(r"stop +Ctrl-C|\"event\": \"open\"")
Start = Callable[..., "Running"]

# One after the other: each starts a local cloud of its own.
pytestmark = pytest.mark.xdist_group("command")


def take_ctrl_c() -> None:
    """As in a terminal, whatever the tests themselves were started with."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


class Running:
    """A local cloud in a process of its own; `said` is what it said until it was open."""

    def __init__(self, *options: str) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, "--port", "0", *options],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=take_ctrl_c,
        )
        assert self.process.stdout is not None
        self.said = ""
        while not ((found := OPEN.search(self.said)) and DONE.search(self.said)):
            line = self.process.stdout.readline()
            assert line, self.said
            self.said += line
        self.url = found[1] or found[2]

    def descendants(self) -> dict[int, str]:
        """Every process started by it or by one of those, with its command line."""
        found: dict[int, str] = {}
        wanted = [self.process.pid]
        while wanted:
            tasks = Path(f"/proc/{wanted.pop()}/task").glob("*/children")
            children = [int(child) for task in tasks for child in task.read_text().split()]
            found |= {child: Path(f"/proc/{child}/cmdline").read_text().replace("\0", " ") for child in children}
            wanted += children
        return found

    def stop(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=30)
        self.said += rest
        return self.process.returncode


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[Running] = []

    def run(*options: str) -> Running:
        started.append(Running(*options))
        return started[-1]

    yield run
    for running in started:
        if running.process.poll() is None:
            running.process.kill()
            running.process.communicate()


@pytest.mark.parametrize(
    ("stack", "number", "code"),
    [
        ("phase1", signal.SIGTERM, 0),
        ("enhanced", signal.SIGKILL, -signal.SIGKILL),
        ("phase2", signal.SIGINT, 0),
    ],
)
def test_stopping_leaves_no_process_behind(start: Start, stack: str, number: int, code: int) -> None:
    shop = start("--empty", stack)
    assert requests.get(f"{shop.url}/api/v1/books", timeout=30).json()["books"] == []
    started = shop.descendants()
    kinds = {kind for kind in ("awslambdaric", "postgres -D") for line in started.values() if kind in line}
    assert kinds == ({"awslambdaric"} if stack == "phase1" else {"awslambdaric", "postgres -D"})
    watched = [os.pidfd_open(process) for process in started]
    assert shop.stop(number) == code
    for process in watched:
        assert select.select([process], [], [], 30)[0], started
        os.close(process)
    assert ("Nothing is left running" in shop.said) is (code == 0)


@pytest.fixture(scope="module")
def shop() -> Iterator[Running]:
    """With the sample catalogue, for what changes nothing."""
    running = Running("--fidelity")
    yield running
    running.stop()


def test_the_start_says_what_is_real_and_whom_to_sign_in_as(shop: Running) -> None:
    for expected in ("real", "enforced", "no effect", "Table x4", "shopper@example.com", "admin@example.com"):
        assert expected in shop.said, expected
    table = requests.get(f"{shop.url}/_local/fidelity", timeout=30).json()["resources"]
    assert {row["fidelity"] for row in table} == {"real", "enforced", "no effect"}
    assert all(row["note"] for row in table)
    path = credentials_file(shop.url)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    known = json.loads(path.read_text())
    assert known["url"] == shop.url
    assert known["admin"]["password"] in shop.said


def test_the_shop_answers_to_its_own_address_alone(shop: Running) -> None:
    port = shop.url.rpartition(":")[2]
    elsewhere = requests.get(shop.url, headers={"Host": f"evil.example:{port}"}, timeout=30)
    assert elsewhere.status_code == 421
    moved = requests.get(shop.url, headers={"Host": f"localhost:{port}"}, timeout=30, allow_redirects=False)
    assert (moved.status_code, moved.headers["Location"]) == (307, f"{shop.url}/")
    with socket.create_connection(("127.0.0.1", int(port))) as connection:
        assert connection.getpeername()[0] == "127.0.0.1"


def test_the_sample_catalogue_is_imported_at_the_start(shop: Running) -> None:
    assert shop.process.stdout is not None
    while "books of the sample catalogue" not in (line := shop.process.stdout.readline()):
        assert line
        assert "/api/v1/" not in line, "the importer's own requests are not shown"
    assert line.startswith("300 books of the sample catalogue are in the shop, after")
    answer = requests.get(f"{shop.url}/api/v1/books?limit=5", timeout=30).json()
    assert (len(answer["books"]), answer["next_cursor"] is None) == (5, False)
    counted = requests.get(f"{shop.url}/api/v1/categories", timeout=30).json()["categories"]
    assert sum(category["count"] for category in counted) == 300


def test_as_json_every_line_is_an_object_with_its_event(start: Start) -> None:
    shop = start("--empty", "--json", "--requests")
    assert requests.get(f"{shop.url}/api/v1/health", timeout=30).ok
    assert shop.stop() == 0
    started, opened, *requested, stopping, stopped = [json.loads(line) for line in shop.said.splitlines()]
    assert (started, stopping, stopped) == (
        {"event": "starting", "stack": "phase1"},
        {"event": "stopping"},
        {"event": "stopped"},
    )
    assert opened["event"] == "open"
    assert opened["accounts"]["admin"].keys() == {"email", "password"}
    assert {row["fidelity"] for row in opened["resources"]} == {"real", "enforced", "no effect"}
    (health,) = [each for each in requested if each["event"] == "request"]
    assert (health["status"], health["method"], health["path"]) == (200, "GET", "/api/v1/health")


def test_a_setting_of_this_run_is_enforced(start: Start) -> None:
    shop = start("--empty", "--config", "throttleRate=1", "--config", "throttleBurst=2")
    answers = [requests.get(f"{shop.url}/api/v1/health", timeout=30) for _ in range(6)]
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert (refused.json()["code"], refused.headers["Retry-After"]) == ("too_many_requests", "1")


def test_a_taken_port_is_refused_in_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run([*COMMAND, "--port", str(port)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"Error: port {port} is taken")
    assert f"make local PORT={port + 1}" in line
    assert done.stdout == "CloudShelf phase1 starts on this machine ...\n"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["phase9"], "there is no stack 'phase9'; there is enhanced, phase1, phase2"),
        (["--config", "taxRate=much"], "cloudshelf:taxRate: must be a decimal between"),
        (
            ["--config", "taxRat=0.1"],
            "cloudshelf:taxRat: is no setting; did you mean cloudshelf:taxRate. Remove it with: pulumi config rm",
        ),
    ],
)
def test_a_wrong_setting_is_told_in_one_line(options: list[str], said: str) -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    result = CliRunner().invoke(command.local, ["--port", "0", *options])
    signal.set_wakeup_fd(-1)
    for number, handler in before.items():
        signal.signal(number, handler)
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert said in line


@pytest.mark.parametrize("stack", ["phase1", "enhanced", "phase2"])
@pytest.mark.parametrize("after_s", [0.3, 1.0, 2.0, 3.5])
def test_ctrl_c_at_any_moment_of_a_start_leaves_nothing(stack: str, after_s: float) -> None:
    """The moments are chosen by chance of the machine; what is asserted holds at every one."""
    with subprocess.Popen(
        [*COMMAND, stack, "--port", "0", "--empty"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=take_ctrl_c,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(f"CloudShelf {stack} starts")
        time.sleep(after_s)
        interrupted = time.monotonic()
        os.killpg(process.pid, signal.SIGINT)
        said = process.stdout.read()
        assert process.wait(30) == 0
    print(f"{stack}, {after_s} s: ended {time.monotonic() - interrupted:.1f} s after Ctrl-C")
    assert "Stopping" in said
    assert "Traceback" not in said
    left = subprocess.run(["pgrep", "-g", str(process.pid), "-a"], capture_output=True, text=True, check=False).stdout  # noqa: S607
    for line in left.splitlines():  # PostgreSQL shuts down after who started it
        deadline = time.monotonic() + 30
        while Path(f"/proc/{line.split()[0]}").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not Path(f"/proc/{line.split()[0]}").exists(), line


def test_a_terminal_shows_progress_and_closing_it_ends_the_shop_also_where_make_leads_the_session() -> None:
    leader, terminal = pty.fork()
    if leader == 0:
        os.execvp("make", ["make", "-C", str(ROOT), "local", "PORT=0"])  # noqa: S606, S607
    said = ""
    while "Ctrl-C" not in said:
        said += os.read(terminal, 4096).decode()
    # One line at once, then progress that rewrites a line, and what stays: the address, the accounts, how to stop.
    first, progress = said.index("CloudShelf phase1 starts on this machine"), re.search(r"\r  \S[^\n]*\x1b\[K", said)
    assert progress is not None, said
    opened = said.index("The shop is open")
    assert first < progress.start() < opened, said
    for stays in ("http://127.0.0.1:", "shopper@example.com", "admin@example.com", "Ctrl-C"):
        assert said.rindex(stays) > opened, said
    listed = subprocess.run(["pgrep", "-P", str(leader)], capture_output=True, text=True, check=True)  # noqa: S607
    children = [int(child) for child in listed.stdout.split()]
    watched = [os.pidfd_open(child) for child in children]
    os.close(terminal)
    for child in watched:
        assert select.select([child], [], [], 30)[0]
        os.close(child)
    os.waitpid(leader, 0)


class Proxy:
    """Writes down what it is asked for, and answers nothing."""

    def __enter__(self) -> "Proxy":
        self.heard: list[bytes] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._server.accept()
                self.heard.append(connection.recv(200))
                connection.close()

    def __exit__(self, *_: object) -> None:
        self._server.close()


@pytest.mark.parametrize("without", ["", "127.0.0.1,localhost"], ids=["no NO_PROXY", "NO_PROXY"])
def test_nothing_of_the_environment_reaches_the_local_cloud(
    start: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, without: str
) -> None:
    broken = tmp_path / "config"
    broken.write_text("[profile\nnot = an ini file [")
    with Proxy() as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.setenv("NO_PROXY", without)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.setenv("AWS_PROFILE", "nobody-has-this-profile")
        monkeypatch.setenv("AWS_CONFIG_FILE", str(broken))
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(broken))
        monkeypatch.setenv("AWS_RETRY_MODE", "bogus")
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
        shop = start()
        assert shop.process.stdout is not None
        while "books of the sample catalogue" not in shop.process.stdout.readline():
            assert shop.process.poll() is None
        direct = requests.Session()
        direct.trust_env = False
        assert len(direct.get(f"{shop.url}/api/v1/books?limit=5", timeout=30).json()["books"]) == 5
        assert shop.stop() == 0
        assert proxy.heard == []


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.EADDRINUSE, "Address already in use"), "port 80 is taken"),
        (PermissionError(errno.EACCES, "Permission denied"), "port 80 is for root alone"),
        (PermissionError(errno.EACCES, "Permission denied", "/shop/.local"), "/shop/.local cannot be written"),
        (OSError(errno.EROFS, "Read-only file system", "/shop/.local"), "/shop/.local cannot be written: Read-only"),
        (OSError(errno.ENOSPC, "No space left on device", "/shop/x"), "the disk is full for /shop/x"),
    ],
)
def test_what_the_system_refuses_at_the_start_is_one_line_with_the_remedy(error: OSError, said: str) -> None:
    with pytest.raises(SessionError, match=re.escape(said)) as refused, starting(80):
        raise error
    assert "\n" not in str(refused.value)


def test_a_signal_that_another_thread_takes_ends_the_wait() -> None:
    told_by_another = """
import os, signal, threading, time
from cloudshelf.local.command import Interrupts

interrupts = Interrupts(lambda: None)
interrupts.serve()

def tell():
    time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(60)

threading.Thread(target=tell, daemon=True).start()
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
interrupts.wait()
"""
    subprocess.run([sys.executable, "-c", told_by_another], cwd=ROOT, check=True, timeout=20)


def test_an_unsupported_python_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "NEWEST", (3, 10))
    result = CliRunner().invoke(command.local, ["--port", "0"])
    assert result.exit_code == 1
    assert "is not supported" in result.output
    assert len(result.output.splitlines()) == 1


def test_a_resource_nobody_decided_about_is_told_in_one_line() -> None:
    with pytest.raises(
        UndecidedResourceError, match=r"aws:sqs/queue:Queue \(mail\): the local cloud does not know"
    ) as it:
        Registry().decide("aws:sqs/queue:Queue", "mail")
    assert "\n" not in str(it.value)
