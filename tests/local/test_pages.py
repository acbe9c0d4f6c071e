"""`/_local/`: what goes on, over HTTP and in a browser."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from cloudshelf.load import Event, Load
from cloudshelf.local.cloud import LocalCloud
from cloudshelf.local.pages.log import KEPT
from cloudshelf.local.pages.pages import FILES
from cloudshelf.terminal import Account
from tests.browser.chromium import launched, program

ROOT = Path(__file__).resolve().parents[2]
GENEROUS = {"cloudshelf:throttleRate": "10000", "cloudshelf:throttleBurst": "5000"}
pytestmark = pytest.mark.xdist_group("pages")


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """phase2, after somebody bought something: it has every part the page shows."""
    folder = tmp_path_factory.mktemp("pages") / "phase2"
    with LocalCloud(stack="phase2", port=0, root=ROOT, folder=folder, overrides=GENEROUS) as running:
        buy(running)
        yield running


def buy(cloud: LocalCloud) -> None:
    import threading

    bought = threading.Event()

    def heard(event: Event) -> None:
        if (event.operation, event.status) == ("createOrder", 201):
            bought.set()

    known = cloud.accounts["admin"]
    load = Load(cloud.url, 1, admin=Account(known.email, known.password), on_event=heard)
    load.start()
    assert bought.wait(120)
    load.stop()


def get(cloud: LocalCloud, path: str) -> Any:
    answer = requests.get(f"{cloud.url}/_local/{path}", timeout=30)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_page_runs_nothing_that_is_not_its_own(cloud: LocalCloud) -> None:
    for path in ("", *FILES, "topology.svg", "topology.css", "state", "charts"):
        answer = requests.get(f"{cloud.url}/_local/{path}", timeout=30)
        assert answer.status_code == 200, path
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert not re.search(r"<style|<script(?! type=\"module\" src)| on\w+=|style=\"", answer.text), path
    assert requests.get(f"{cloud.url}/_local", timeout=30).url == f"{cloud.url}/_local/"
    assert requests.get(f"{cloud.url}/_locals", timeout=30).status_code == 403


@pytest.mark.parametrize("path", ["nothing", "../front.py", "..%2fpages.py", "static/page.js", "page.js/"])
def test_nothing_else_of_this_machine_is_served(cloud: LocalCloud, path: str) -> None:
    session = requests.Session()
    prepared = session.prepare_request(requests.Request("GET", cloud.url))
    prepared.url = f"{cloud.url}/_local/{path}"
    assert session.send(prepared, timeout=30).status_code == 404


def test_requests_are_told_once_and_without_what_was_asked_for(cloud: LocalCloud) -> None:
    before = get(cloud, "state")["requests"]
    assert len(before) <= KEPT
    requests.get(f"{cloud.url}/api/v1/books?q=my+secret+wish", timeout=30)
    (line,) = get(cloud, f"state?after={before[-1]['number']}")["requests"]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/api/v1/books", 200)
    assert get(cloud, "state?after=nonsense")["requests"]


def test_functions_and_what_waits_are_as_they_are(cloud: LocalCloud) -> None:
    buy(cloud)  # calls are counted for a minute
    state = get(cloud, "state")
    functions = {each["label"]: each for each in state["functions"]}
    assert functions.keys() >= {"books", "carts", "orders", "admin", "users", "authorizer", "sessions"}
    assert functions["orders"]["calls"] >= 2
    assert functions["orders"]["busy"] + functions["orders"]["idle"] >= 1
    assert functions["sessions"]["calls"] == functions["sessions"]["idle"] == 0
    (outbox,) = [each for each in state["waiting"] if each["kind"].startswith("outbox")]
    assert outbox["count"] == 0
    connection = cloud.world.databases.instances["cloudshelf-phase2"].server.connect(database="cloudshelf")
    connection.run("INSERT INTO outbox (order_id, task, user_id) SELECT id, 'void', user_id FROM orders LIMIT 1")
    (owed,) = [each for each in get(cloud, "state")["waiting"] if each["kind"].startswith("outbox")]
    assert (owed["name"], owed["count"]) == ("void", 1)
    connection.run("DELETE FROM outbox")
    connection.close()


def test_every_declared_alarm_is_told_with_its_state(cloud: LocalCloud) -> None:
    alarms = {each["name"]: each for each in get(cloud, "alarms")["alarms"]}
    assert alarms["cloudshelf-phase2-api-errors"]["state"] == "OK"
    assert alarms["cloudshelf-phase2-firewall-blocks"]["state"] == "not measured here"
    assert alarms["cloudshelf-phase2-firewall-blocks"]["why_not"]


def test_the_deployed_dashboards_are_drawn_from_what_was_measured(cloud: LocalCloud) -> None:
    found = get(cloud, "charts")
    assert {chart["title"] for chart in found["now"]} == {"Requests", "Latency, ms", "Functions at once"}
    shown = {each["name"]: {chart["title"]: chart for chart in each["charts"]} for each in found["dashboards"]}
    for dashboard, chart in (
        ("shop", "Requests"),
        ("shop", "Latency, ms"),
        ("orders", "Calls and errors"),
        ("orders", "Duration, ms"),
        ("orders", "OrdersAnswered"),
    ):
        first = shown[f"cloudshelf-phase2-{dashboard}"][chart]["lines"][0]
        assert any(first["points"]), (dashboard, chart)
    (connections,) = shown["cloudshelf-phase2-shop"]["Database connections"]["lines"]
    assert any(point is not None for point in connections["points"])
    (processor,) = shown["cloudshelf-phase2-shop"]["Database processor, %"]["lines"]
    assert (any(processor["points"]), bool(processor["why_not"])) == (False, True)


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_shows_it_all_and_breaks_no_rule_of_its_own(cloud: LocalCloud, scheme: str) -> None:
    with launched(program()) as browser:
        page = browser.new_page(color_scheme=scheme, viewport={"width": 390, "height": 844})
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"{cloud.url}/_local/")
        page.wait_for_selector("#alarm-list tbody tr")
        for role, account in cloud.accounts.items():
            shown = page.locator("#account-list tr", has=page.get_by_text(role, exact=True))
            assert shown.locator("td").all_inner_texts() == [role, account.email, account.password]
        rows = page.locator("#fidelity tbody tr")
        assert rows.count() == len(get(cloud, "fidelity")["resources"])
        assert {rows.nth(n).locator("td").first.inner_text() for n in range(rows.count())} == {
            "real",
            "enforced",
            "no effect",
        }
        assert page.locator("#stack").inner_text() == "phase2"
        assert page.locator("#topology g.card.function").count() == 8
        requests.get(f"{cloud.url}/api/v1/categories", timeout=30)
        page.wait_for_selector("#requests td.path:has-text('/api/v1/categories')")
        page.wait_for_selector("#topology .live")
        page.locator("summary", has_text="cloudshelf-phase2-orders").click()
        assert page.locator("details[open] figure").count() >= 3
        # The part that is wider than a phone scrolls by itself.
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert said == []
