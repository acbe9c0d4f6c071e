"""What a process and all it started take: memory and processor time, by kind, from /proc."""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
# By what stands in the command line; the first that fits.
KINDS = (("postgres", "PostgreSQL"), ("awslambdaric", "functions"), ("keeper.py", "PostgreSQL"))
ITSELF = "local cloud"


@dataclass(frozen=True)
class Taken:
    """Seconds of a processor by kind since each process began, and bytes that no other process shares."""

    cpu_s: Counter[str]
    memory: int


def taken(root: int) -> Taken:
    """Of a process and its descendants as they are now; one that ends meanwhile does not count."""
    cpu: Counter[str] = Counter()
    memory = 0
    for pid in _family(root):
        try:
            fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
            command = (PROC / str(pid) / "cmdline").read_text().replace("\0", " ")
            memory += _own_bytes(pid)
        except OSError:
            continue
        cpu[_kind(command, pid == root)] += (int(fields[11]) + int(fields[12])) / TICKS  # type: ignore[assignment]
    return Taken(cpu, memory)


def _kind(command: str, is_root: bool) -> str:
    if is_root:
        return ITSELF
    return next((kind for part, kind in KINDS if part in command), "functions")


def _own_bytes(pid: int) -> int:
    resident, shared = (PROC / str(pid) / "statm").read_text().split()[1:3]
    return (int(resident) - int(shared)) * PAGE


def _family(root: int) -> Iterator[int]:
    children: dict[int, list[int]] = {}
    for path in PROC.iterdir():
        if path.name.isdigit():
            try:
                parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(path.name))
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        yield pid
        waiting += children.get(pid, ())
