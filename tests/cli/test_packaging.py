"""pyproject.toml is the one place of dependencies; what pip and Pulumi install is exported from its lock."""

import ast
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from cloudshelf.graph.stacks import ROOT

UV = Path(sys.executable).with_name("uv")
EXPORTED = {
    "requirements.txt": "program",
    "policies/requirements.txt": "policies",
    "functions/requirements.txt": "functions",
    "functions/authorizer/requirements.txt": "authorizer",
    "functions/requirements-runtime.txt": "runtime",
}
# For type checkers alone; asked for in its place, with the command that installs it.
IGNORED = {"_typeshed", "awscrt"}
# Ours, from the checkout; functions/ is on the path, too.
OWN = {path.stem for path in (*ROOT.iterdir(), *(ROOT / "functions").iterdir())} | {"controls", "tests"}


def export(*options: str) -> str:
    command = [UV, "export", "--quiet", "--frozen", "--no-header", "--no-annotate", "--format", "requirements-txt"]
    return subprocess.run([*command, *options], cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_the_lock_is_that_of_the_dependencies() -> None:
    done = subprocess.run([UV, "lock", "--check", "--offline"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"run: make lock\n{done.stderr}"


@pytest.mark.parametrize("name", EXPORTED)
def test_what_pip_installs_is_exported_from_the_lock_with_hashes(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert text == export("--only-group", EXPORTED[name]), f"{name}: run make lock"
    for requirement in text.replace("\\\n", "").splitlines():
        assert "==" in requirement, requirement
        assert "--hash=sha256:" in requirement, requirement


def test_no_other_file_lists_requirements() -> None:
    found = {path for folder in (ROOT, ROOT / "functions", ROOT / "policies") for path in folder.glob("*.txt")}
    assert {path.relative_to(ROOT).as_posix() for path in found} <= set(EXPORTED)


def imported(folder: Path) -> set[str]:
    """Top-level modules that a folder's sources import, wherever in the source."""
    names: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.partition(".")[0])
    return names - set(sys.stdlib_module_names) - OWN


def normal(name: str) -> str:
    """https://packaging.python.org/en/latest/specifications/name-normalization/"""
    return re.sub(r"[-_.]+", "-", name).lower()


def installed(*options: str) -> set[str]:
    """Distributions that `uv sync` with these options installs, in their normal form."""
    return {normal(name) for name in re.findall(r"^([\w.-]+)==", export(*options), re.MULTILINE)}


@pytest.mark.parametrize(
    ("folder", "options"),
    [
        *(
            pytest.param(path, ("--group", "dev"), id=path.name)
            for path in sorted((ROOT / "tests").iterdir())
            if path.is_dir()
        ),
        pytest.param(ROOT / "benchmarks", ("--group", "dev"), id="benchmarks"),
        pytest.param(ROOT / "cloudshelf", (), id="cloudshelf"),
        pytest.param(ROOT / "components", ("--only-group", "program"), id="components"),
        pytest.param(ROOT / "phases", ("--only-group", "program"), id="phases"),
    ],
)
def test_every_module_a_folder_imports_is_installed_by_the_target_that_runs_it(
    folder: Path, options: tuple[str, ...]
) -> None:
    there, named = installed(*options), packages_distributions()
    for module in imported(folder) - IGNORED:
        distributions = {normal(each) for each in named.get(module, [])}
        assert distributions & there, (
            f"{folder.name} imports {module}, which {options or 'the project'} does not install"
        )


def rules() -> list[tuple[str, str, str]]:
    """The Makefile's targets: name, prerequisites, recipe."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return re.findall(r"^([a-z-]+):([^#\n]*).*\n((?:\t.*\n)+)", text, re.MULTILINE)


def test_each_target_that_runs_tests_installs_what_they_need() -> None:
    testing = {name: needs for name, needs, recipe in rules() if re.search(r"-m pytest|/ruff|/mypy", recipe)}
    assert {"test", "stacks", "browser", "drills", "migration", "stress", "lint"} <= testing.keys()
    for name, needs in testing.items():
        assert ".venv/development" in needs, name


def test_each_target_says_what_it_installs_first() -> None:
    for name, needs, recipe in rules():
        if "$(BIN)" in recipe:
            assert ".venv/" in needs, f"make {name} uses .venv and does not make it"


def test_installed_outside_its_checkout_the_command_says_what_it_needs(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "cloudshelf", tmp_path / "cloudshelf", ignore=shutil.ignore_patterns("__pycache__"))
    start = f"import sys; sys.path[:0] = {[str(tmp_path)]!r}; sys.path.append({sysconfig.get_path('purelib')!r}); "
    call = "from cloudshelf.cli import main; main(['cost', 'phase1'], prog_name='cloudshelf')"
    # -S: without the .pth file that leads back to this checkout.
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", start + call], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Error: The command works on CloudShelf's checkout")
    assert "Traceback" not in done.stderr


def test_the_project_depends_on_all_its_command_imports() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {"click", "pulumi", "boto3"} <= {re.split(r"[\[ ;]", each)[0] for each in project["dependencies"]}
