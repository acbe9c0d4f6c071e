"""The storefront's files as they are: what can be known without a browser."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

STOREFRONT = Path(__file__).resolve().parents[2] / "storefront"
INDEX = STOREFRONT / "index.html"
MODULES = sorted(STOREFRONT.rglob("*.js"))
STATIC = re.compile(r'^(?:import|\}) ?[^"\n]*"(\.[^"]+)";$', re.MULTILINE)
DYNAMIC = re.compile(r'\bimport\("(\.[^"]+)"\)(?!\.)')
PROJECT = Path(__file__).parent / "jsconfig.json"
TYPESCRIPT = "typescript@7.0.2"
TYPES_ONLY = {"app/types.js"}
# Ways to make markup or code of text. Text goes through `h`.
MARKUP = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|srcdoc|\beval\(|new Function")


def imports(module: Path, pattern: re.Pattern[str]) -> set[Path]:
    return {(module.parent / path).resolve() for path in pattern.findall(module.read_text())}


def closure(start: Path, *patterns: re.Pattern[str]) -> set[Path]:
    found, ahead = set(), [start]
    while ahead:
        module = ahead.pop()
        if module not in found:
            found.add(module)
            ahead += [path for pattern in patterns for path in imports(module, pattern)]
    return found


def test_every_import_leads_to_a_module_and_every_module_is_imported() -> None:
    reached = closure(STOREFRONT / "app" / "main.js", STATIC, DYNAMIC)
    assert reached == set(MODULES) - {STOREFRONT / path for path in TYPES_ONLY}


def test_the_first_view_waits_for_no_chain_of_imports() -> None:
    """Every module the start needs is preloaded, and nothing else is."""
    preloaded = re.findall(r'rel="modulepreload" href="/([^"]+)"', INDEX.read_text())
    assert {STOREFRONT / path for path in preloaded} == closure(STOREFRONT / "app" / "main.js", STATIC)
    assert len(preloaded) == len(set(preloaded))


def test_the_page_has_no_inline_code_or_style() -> None:
    page = INDEX.read_text()
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", page)
    assert re.findall(r"<script[^>]*>[^<]*", page) == ['<script type="module" src="/app/main.js">']


def test_everything_comes_from_the_shops_own_host() -> None:
    served = [path for path in STOREFRONT.rglob("*") if path.suffix in {".js", ".css", ".html"}]
    assert not [path for path in served if re.search(r"https?://(?!www\.w3\.org/)", path.read_text())]


def test_text_never_becomes_markup() -> None:
    assert not [path for path in MODULES if MARKUP.search(path.read_text())]


def test_the_types_hold() -> None:
    """TypeScript checks the JSDoc types where that is asked for; the shop itself needs no Node."""
    if os.environ.get("REQUIRE_TYPES") != "1":
        pytest.skip("The storefront's types are not checked: set REQUIRE_TYPES=1 where Node is installed")
    npx = shutil.which("npx")
    assert npx, "REQUIRE_TYPES=1, but there is no npx: install Node"
    command = [npx, "--yes", "--package", TYPESCRIPT, "tsc", "--project", str(PROJECT)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
