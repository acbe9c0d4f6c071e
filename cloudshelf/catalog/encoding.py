"""Whether a file is UTF-8 text, found out before anything is read from it."""

import codecs
from pathlib import Path

from cloudshelf.catalog.record import FileProblem

CHUNK_BYTES = 1 << 20
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
ZIP = b"PK\x03\x04"
FIX = 'Save it as UTF-8 (in a spreadsheet: "CSV UTF-8") and import that.'


def check_encoding(path: Path) -> None:
    """FileProblem, with the line, for anything but UTF-8. A byte order mark is allowed."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    newlines = 0
    with path.open("rb") as file:
        _check_start(path, file.read(4096))
        file.seek(0)
        while True:
            chunk = file.read(CHUNK_BYTES)
            try:
                newlines += decoder.decode(chunk, final=not chunk).count("\n")
            except UnicodeDecodeError as error:
                line = newlines + 1 + error.object[: error.start].count(b"\n")
                byte = error.object[error.start]
                raise FileProblem(f"{path}: line {line} is not UTF-8 (byte 0x{byte:02X}). {FIX}") from None
            if not chunk:
                return


def _check_start(path: Path, start: bytes) -> None:
    if not start.strip():
        raise FileProblem(f"{path} is empty")
    if start.startswith(ZIP):
        raise FileProblem(f"{path} is a workbook or an archive, not text. {FIX}")
    # UTF-16 without a mark is valid UTF-8 with a NUL beside every letter.
    if start.startswith(UTF_16) or b"\0" in start.split(b"\n")[0]:
        raise FileProblem(f"{path} is UTF-16 or binary, not UTF-8. {FIX}")
