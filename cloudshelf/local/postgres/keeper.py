"""Runs a program for as long as this script's standard input is open, so that it never outlives who started it.

    keeper.py FOLDER PROGRAM ARGUMENT...

FOLDER, empty for none, goes when the program has ended. A script of its own, by path. As root it first becomes nobody,
whom PostgreSQL accepts; it keeps root's right to read folders, for data or binaries may lie where only root looks.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import threading

STOP_SECONDS = 10.0
NOBODY = 65534
PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 8, 47, 2
CAPABILITY_VERSION_3, CAP_DAC_OVERRIDE = 0x20080522, 1


def _libc() -> ctypes.CDLL | None:
    return ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_keeper() -> None:
    """In the program, before it starts: PostgreSQL's immediate shutdown, should this script be killed."""
    if libc := _libc():
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGQUIT, 0, 0, 0)


def become_nobody() -> None:
    """Gives root up for good, except for reading and writing files."""
    libc = _libc()
    if libc:
        libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    if libc:
        bit = 1 << CAP_DAC_OVERRIDE
        header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
        # Effective, permitted and inheritable, each for the lower and then the upper 32 capabilities.
        libc.capset(header, (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0))
        libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)


def main(arguments: list[str]) -> int:
    folder, *command = arguments
    if os.geteuid() == 0:
        become_nobody()
    os.umask(0o077)
    program = subprocess.Popen(command, stdin=subprocess.DEVNULL, preexec_fn=die_with_keeper)

    def stop_at_end_of_input() -> None:
        while os.read(0, 1024):
            pass
        # PostgreSQL's fast shutdown: sessions are ended, nothing committed is lost.
        program.send_signal(signal.SIGINT)
        try:
            program.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            program.kill()

    threading.Thread(target=stop_at_end_of_input, daemon=True).start()
    code = program.wait()
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
