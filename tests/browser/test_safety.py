"""Tokens, the Content-Security-Policy, and how much is sent."""

import gzip
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from tests.browser.reader import Account, Reader
from tests.browser.stacks import on_every_stack

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

FIRST_VIEW_BYTES = 60_000


def test_tokens_are_in_no_address_and_outlive_no_tab(reader: Reader, account: Account) -> None:
    addresses: list[str] = []
    reader.page.on("request", lambda request: addresses.append(request.url))
    reader.signs_in(account, at="/orders")
    reader.sees_heading("Your orders")
    token = reader.page.evaluate("JSON.parse(sessionStorage.getItem('cloudshelf.session')).id")
    assert token.count(".") == 2
    assert not [address for address in addresses if token[:40] in address]
    kept = reader.page.evaluate("JSON.stringify(localStorage) + document.cookie + location.href")
    assert token[:40] not in kept
    assert account.password not in kept + reader.page.evaluate("JSON.stringify(sessionStorage)")


def test_nothing_of_the_shopper_is_left_after_sign_out(reader: Reader, account: Account) -> None:
    reader.signs_in(account, at="/orders")
    reader.signs_out()
    reader.sees_heading("Sign in")
    assert "session" not in reader.page.evaluate("JSON.stringify(Object.keys(sessionStorage))").replace("pending", "")


def test_a_token_about_to_expire_is_renewed_before_it_is_sent(reader: Reader, account: Account) -> None:
    reader.signs_in(account)
    reader.page.evaluate("""() => {
        const tokens = JSON.parse(sessionStorage.getItem("cloudshelf.session"));
        const stale = { ...tokens, id: "stale.e30.x", expires: Date.now() };
        sessionStorage.setItem("cloudshelf.session", JSON.stringify(stale));
    }""")
    reader.page.reload()
    reader.go("/orders")
    reader.sees("You have not ordered anything yet.")


@on_every_stack
def test_the_policy_forbids_inline_code_and_other_hosts(reader: Reader) -> None:
    answer = reader.page.goto(reader.cloud.url)
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    directives: dict[str, Any] = {name: rest for name, *rest in (part.split() for part in policy.split(";") if part)}
    assert directives["default-src"] == ["'none'"]
    assert directives["script-src"] == directives["style-src"] == ["'self'"]


@on_every_stack
def test_the_first_view_is_small(reader: Reader) -> None:
    """CloudFront compresses what is over 1,000 bytes; this edge does not, so the sizes are of what gzip makes of it."""
    answers: list[Any] = []
    reader.page.on("response", lambda answer: answers.append(answer))
    reader.go("/")
    expect(reader.page.locator(".tiles")).to_be_visible()
    reader.page.wait_for_load_state("networkidle")
    sizes = {answer.url: min(len(body := answer.body()), len(gzip.compress(body))) for answer in answers}
    assert sum(sizes.values()) < FIRST_VIEW_BYTES, sizes


@pytest.mark.parametrize(
    ("path", "caching"),
    {
        "/": "public, max-age=0, must-revalidate",
        "/app/main.js": "public, max-age=0, must-revalidate",
        "/styles/base.css": "public, max-age=0, must-revalidate",
        "/config.json": "no-cache",
        "/api/v1/books?limit=1": "public, max-age=60",
        "/api/v1/meta": "public, max-age=60",
    }.items(),
)
def test_what_a_browser_may_keep_is_said_and_asking_again_costs_nothing(
    reader: Reader, path: str, caching: str
) -> None:
    first = reader.page.request.get(reader.cloud.url + path)
    assert first.headers["cache-control"] == caching
    if "etag" in first.headers:
        again = reader.page.request.get(reader.cloud.url + path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status, again.body()) == (304, b"")


def test_nothing_moves_for_those_who_asked_for_that(new_context: Any, cloud: Any) -> None:
    moving = {}
    for wish in ("no-preference", "reduce"):
        page = new_context(reduced_motion=wish).new_page()
        page.route("**/api/v1/books?*", lambda _: None)
        page.goto(f"{cloud.url}/#/browse")
        expect(page.locator(".book.skeleton").first).to_be_attached()
        moving[wish] = page.evaluate("document.getAnimations().length > 0")
    assert moving == {"no-preference": True, "reduce": False}


def test_an_empty_page_tells_those_without_scripts_what_is_missing(reader: Reader, new_context: Any) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(reader.cloud.url)
    expect(page.locator("noscript")).to_be_attached()
    assert "Please allow scripts" in page.content()
