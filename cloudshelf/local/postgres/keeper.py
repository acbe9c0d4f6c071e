"""Runs a program for as long as this script's standard input is open, so that it never outlives who started it.

A script of its own, by path. As root it first becomes nobody, whom PostgreSQL accepts; it keeps root's right to read
folders, for a data folder or binaries may lie where only root looks.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading

STOP_SECONDS = 10.0
NOBODY = 65534
PR_SET_KEEPCAPS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 8, 47, 2
CAPABILITY_VERSION_3, CAP_DAC_OVERRIDE = 0x20080522, 1


def become_nobody() -> None:
    """Gives root up for good, except for reading and writing files."""
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
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
    if os.geteuid() == 0:
        become_nobody()
    os.umask(0o077)
    program = subprocess.Popen(arguments, stdin=subprocess.DEVNULL)

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
    return program.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
