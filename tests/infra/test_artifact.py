"""Artefacts: the same bytes for the same sources, and all a function needs."""

import hashlib
import json
import os
import subprocess
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest

from components import artifact, contract, runtime
from components import vendor as vendor_module
from components.vendor import Target, VendorError, vendor


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def names(path: Path) -> set[str]:
    with zipfile.ZipFile(path) as archive:
        return set(archive.namelist())


@pytest.mark.parametrize("package", contract.services())
def test_two_builds_of_a_function_are_the_same_bytes(package: str, source_copy: Path) -> None:
    first = artifact.build(package)
    before = sha256(first)
    first.unlink()
    for source in source_copy.rglob("*.py"):
        os.utime(source, (0, 0))
        source.chmod(0o600)
    assert sha256(artifact.build(package)) == before


def test_a_change_of_a_shared_module_is_a_new_artefact(source_copy: Path) -> None:
    before = artifact.build("books")
    clock = source_copy / "shared" / "clock.py"
    clock.write_text(clock.read_text() + "\n")
    assert artifact.build("books") != before


def test_what_a_function_does_not_import_is_not_in_its_artefact(source_copy: Path) -> None:
    (source_copy / "unrelated").mkdir()
    (source_copy / "unrelated" / "__init__.py").write_text("")
    (source_copy / "books" / "notes.txt").write_text("not code")
    (source_copy / "books" / "__pycache__").mkdir()
    (source_copy / "books" / "__pycache__" / "x.pyc").write_bytes(b"x")
    found = names(artifact.build("books"))
    assert not {n for n in found if n.startswith("unrelated") or n.endswith((".txt", ".pyc"))}
    assert {"books/handler.py", "shared/problems.py", "contract.json"} <= found


@pytest.mark.parametrize("package", contract.services())
def test_an_artefact_holds_every_module_of_ours_it_imports(package: str) -> None:
    assert {"shared", package} <= set(artifact.packages(package))


@pytest.mark.usefixtures("source_copy")
def test_nothing_in_an_artefact_tells_when_or_by_whom_it_was_built() -> None:
    with zipfile.ZipFile(artifact.build("books")) as archive:
        files = archive.infolist()
    assert [f.filename for f in files] == sorted(f.filename for f in files)
    assert {f.date_time for f in files} == {(1980, 1, 1, 0, 0, 0)}
    assert {f.external_attr >> 16 for f in files} == {0o644}


@pytest.mark.usefixtures("source_copy")
def test_an_artefact_holds_the_whole_contract() -> None:
    with zipfile.ZipFile(artifact.build("books")) as archive:
        assert json.loads(archive.read("contract.json")) == contract.load()


def test_the_artefact_for_lambda_holds_compiled_code_for_lambda_alone() -> None:
    libraries = vendor((artifact.FUNCTIONS / "requirements.txt",), artifact.LAMBDA)
    compiled = {path.name for path in libraries.rglob("*.so")}
    assert compiled
    assert all("cpython-313-aarch64-linux-gnu" in name for name in compiled)
    assert not list(libraries.rglob("*.pyc"))
    assert not (libraries / "boto3").exists()


@pytest.fixture
def vendored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for what pip fetches."""
    monkeypatch.setattr(vendor_module, "VENDOR", tmp_path)
    return tmp_path


REQUIREMENTS = artifact.ROOT / "functions" / "requirements-runtime.txt"


def test_code_that_cannot_be_fetched_says_so_and_leaves_nothing_half_made(vendored: Path) -> None:
    nowhere = Target(python="3.13", platform="nonsense_platform")
    with pytest.raises(VendorError, match=r"pip could not fetch functions/requirements-runtime.txt"):
        vendor((REQUIREMENTS,), nowhere)
    assert list(vendored.iterdir()) == []


def test_of_two_processes_that_fetch_the_same_the_second_takes_what_the_first_made(
    vendored: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = vendored / vendor_module.folder_name((REQUIREMENTS,), artifact.HOST)

    def pip_while_another_process_finishes(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        (option,) = [each for each in command if each.startswith("--target=")]
        for folder in (Path(option.removeprefix("--target=")), expected):
            folder.mkdir()
            (folder / "module.py").write_text("")
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", pip_while_another_process_finishes)
    assert vendor((REQUIREMENTS,), artifact.HOST) == expected
    assert list(vendored.iterdir()) == [expected]


@pytest.mark.usefixtures("source_copy")
def test_an_unknown_function_is_refused() -> None:
    with pytest.raises(FileNotFoundError, match="functions/sales"):
        artifact.build("sales")


def test_the_runtime_is_supported_for_ninety_days_more() -> None:
    assert runtime.END_OF_SUPPORT - date.today() > timedelta(days=90), "raise components/runtime.py to a newer Python"
