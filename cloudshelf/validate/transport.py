"""TLS as a shop on the internet must have it."""

import socket
import ssl
import warnings
from collections.abc import Iterator
from urllib.parse import urlsplit

import requests

from cloudshelf.validate.finding import Area, Finding
from cloudshelf.validate.site import NOT_LOCAL, Site

AREA = Area("transport")
OLD = (("TLS 1.0", ssl.TLSVersion.TLSv1), ("TLS 1.1", ssl.TLSVersion.TLSv1_1))
TIMEOUT_S = 10


def check(site: Site) -> Iterator[Finding]:
    if site.on_this_machine:
        for what in ("plain http is sent on to https", "TLS 1.2 or newer, nothing older", "the certificate is good"):
            yield AREA.not_checked(what, NOT_LOCAL)
        return
    parts = urlsplit(site.url)
    host, port = parts.hostname or "", parts.port or 443
    answer = requests.get(f"http://{host}/", timeout=TIMEOUT_S, allow_redirects=False)
    target = answer.headers.get("Location", "")
    sent_on = answer.status_code in (301, 307, 308) and target.startswith("https://")
    yield AREA.judge("plain http is sent on to https", sent_on, f"{answer.status_code} {target}")
    yield from versions(host, port)


def versions(host: str, port: int, context: ssl.SSLContext | None = None) -> Iterator[Finding]:
    """Which versions of TLS a server speaks; `context` is how its certificate is judged."""
    good = context or ssl.create_default_context()
    try:
        spoken = _spoken(good, host, port)
    except (ssl.SSLError, OSError) as error:
        yield AREA.judge("the certificate is good", False, str(error))
        return
    yield AREA.judge("the certificate is good", True, spoken)
    for name, version in OLD:
        yield _old(name, version, host, port)


def _old(name: str, version: ssl.TLSVersion, host: str, port: int) -> Finding:
    what = f"{name} is refused"
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE  # only the handshake is of interest
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            client.minimum_version = client.maximum_version = version
            client.set_ciphers("ALL:@SECLEVEL=0")
        spoken = _spoken(client, host, port)
    except ssl.SSLError as error:
        if error.reason in ("NO_PROTOCOLS_AVAILABLE", "UNSUPPORTED_PROTOCOL_VERSION"):
            return AREA.not_checked(what, f"this machine's OpenSSL does not speak {name} itself")
        return AREA.judge(what, True, str(error.reason or error))
    except (OSError, ValueError) as error:
        return AREA.judge(what, True, str(error))
    return AREA.judge(what, False, spoken)


def _spoken(context: ssl.SSLContext, host: str, port: int) -> str:
    with (
        socket.create_connection((host, port), timeout=TIMEOUT_S) as plain,
        context.wrap_socket(plain, server_hostname=host) as secure,
    ):
        return secure.version() or ""
