"""What the README tells a newcomer to type works as it stands."""

import json
import re
import subprocess

from cloudshelf.local.cloud import LocalCloud
from tests.e2e.conftest import ROOT
from tests.e2e.shop import Shop

README = (ROOT / "README.md").read_text()


def test_the_curl_lines_of_the_readme_buy_a_book(cloud: LocalCloud, admin: Shop) -> None:
    book = {
        "category": "Fiction",
        "title": "Pride and Prejudice",
        "author": "Jane Austen",
        "price": 9,
        "stock_quantity": 3,
    }
    assert admin.call("PUT", "/admin/books/book-pride-prejudice", book).status_code in (200, 201)
    (block,) = re.findall(r"```sh\n(SHOP=.*?)```", README, re.DOTALL)
    script = block.replace("http://127.0.0.1:8000", cloud.url)
    done = subprocess.run(["/bin/bash", "-euo", "pipefail", "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    orders = json.loads(done.stdout[done.stdout.rindex('{"orders"') :])
    (order,) = orders["orders"]
    assert order["items"][0]["book_id"] == "book-pride-prejudice"
    assert order["total"] == 15.71


def test_every_file_the_readme_links_to_is_there() -> None:
    for document in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")):
        for target in re.findall(r"\]\((?!http)([^)#]+)", document.read_text()):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_the_makefile_has_every_target_the_documents_name() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for document in (ROOT / "README.md", ROOT / "CONTRIBUTING.md"):
        named = set(re.findall(r"(?:^|`)make ([a-z]+)\b", document.read_text(), re.MULTILINE))
        assert named
        assert named <= targets, document.name
