"""What browsers are told to guard against, and what answers do not give away."""

import re
from collections.abc import Iterator, Mapping

import requests

from cloudshelf.validate.finding import Area, Finding
from cloudshelf.validate.site import NOBODY, Site

AREA = Area("headers")
WANTED: Mapping[str, str] = {
    "Content-Security-Policy": r"(?=.*default-src '(self|none)')(?=.*frame-ancestors 'none')",
    "X-Content-Type-Options": r"^nosniff$",
    "X-Frame-Options": r"^DENY$",
    "Referrer-Policy": r"^(no-referrer|same-origin|strict-origin|strict-origin-when-cross-origin)$",
    "Strict-Transport-Security": r"max-age=(\d{8,})",
}
UNSAFE = ("unsafe-inline", "unsafe-eval")
CHATTY = ("X-Powered-By", "X-AspNet-Version", "Via-Lambda")
KEEPS_NOTHING = re.compile(r"no-store|private")
TRACE = re.compile(rb"Traceback|arn:aws:|\.execute-api\.|\.rds\.amazonaws|psycopg|pg8000|botocore")


def check(site: Site) -> Iterator[Finding]:
    for path in ("/", "/config.json", "/api/v1/books?limit=1", "/no-such-page", "/api/v1/no-such-path"):
        answer = site.anybody.send("GET", path)
        missing = [name for name, value in WANTED.items() if not re.search(value, answer.headers.get(name, ""))]
        yield AREA.judge(f"{path} comes with the security headers", not missing, ", ".join(missing))
        yield _gives_nothing_away(path, answer)
    policy = site.anybody.send("GET", "/").headers.get("Content-Security-Policy", "")
    unsafe = [word for word in UNSAFE if word in policy]
    yield AREA.judge("the content security policy allows no inline code", not unsafe, ", ".join(unsafe))
    for method in ("TRACE", "TRACK"):
        answer = site.anybody.send(method, "/")
        yield AREA.judge(f"{method} is refused", answer.status_code >= 400, str(answer.status_code))
    yield from _cookie(site)
    yield from _personal(site)


def _gives_nothing_away(path: str, answer: requests.Response) -> Finding:
    chatty = [name for name in CHATTY if name in answer.headers]
    # CloudFront's and S3's own names tell nothing of a version.
    version = re.search(r"\d", answer.headers.get("Server", ""))
    found = TRACE.search(answer.content)
    detail = ", ".join(
        [*chatty, *(["Server with a version"] if version else []), *([found[0].decode()] if found else [])]
    )
    return AREA.judge(f"{path} tells nothing of what is behind it", not detail, detail)


def _cookie(site: Site) -> Iterator[Finding]:
    if not site.has_sessions:
        return
    cookie = site.anybody.api("POST", "/sessions").headers.get("Set-Cookie", "")
    wanted = ["HttpOnly", "SameSite=Lax|SameSite=Strict"]
    missing = [each for each in wanted if not re.search(each, cookie, re.IGNORECASE)]
    yield AREA.judge("a guest's cookie is out of scripts' reach", not missing, ", ".join(missing))
    if site.on_this_machine:
        yield AREA.not_checked("a guest's cookie travels over TLS alone", "there is no TLS on this machine")
    else:
        yield AREA.judge("a guest's cookie travels over TLS alone", "secure" in cookie.lower())


def _personal(site: Site) -> Iterator[Finding]:
    if site.people is None:
        yield AREA.not_checked("personal answers are kept nowhere on the way", NOBODY)
        return
    for path in ("/users/me", "/cart", "/orders"):
        kept = site.people.shopper.api("GET", path).headers.get("Cache-Control", "")
        yield AREA.judge(f"{path} is kept nowhere on the way", bool(KEEPS_NOTHING.search(kept)), kept)
