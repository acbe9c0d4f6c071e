"""The ways round CloudFront: the API's own address and the storefront's bucket."""

from collections.abc import Iterator
from typing import Any

import requests

from cloudshelf.aws_account import NO_ANSWER, AwsAccount, told
from cloudshelf.validate.finding import Area, Finding
from cloudshelf.validate.site import NO_ACCOUNT, NOT_LOCAL, Site

AREA = Area("origin")
API, BUCKET = "the API's own address lets nobody in without CloudFront's key", "the storefront's bucket is closed"
WITH_KEYS = "phase2"
TIMEOUT_S = 10


def check(site: Site) -> Iterator[Finding]:
    if site.account is None or site.stack is None:
        why = NOT_LOCAL if site.on_this_machine else NO_ACCOUNT
        yield AREA.not_checked(API, why)
        yield AREA.not_checked(BUCKET, why)
        return
    try:
        yield _api(site, site.account, site.stack)
        yield _bucket(site.account, site.url)
    except NO_ANSWER as error:
        yield AREA.not_checked("the ways round CloudFront", told(error))


def _api(site: Site, account: AwsAccount, stack: str) -> Finding:
    apis = account.client("apigateway").get_rest_apis(limit=500)["items"]
    found = [api["id"] for api in apis if api["name"] == f"cloudshelf-{stack}"]
    if not found:
        return AREA.not_checked(API, f"there is no API cloudshelf-{stack} in {account.region}")
    address = f"https://{found[0]}.execute-api.{account.region}.amazonaws.com/api/v1/health"
    status = _status(address)
    if site.phase != WITH_KEYS:
        why = f"{site.phase} has no API keys: its API answers at its own address, too ({status})"
        return AREA.not_checked(API, why)
    return AREA.judge(API, status == requests.codes.forbidden, str(status))


def _bucket(account: AwsAccount, url: str) -> Finding:
    host = url.removeprefix("https://").strip("/")
    listed: Any = account.client("cloudfront").list_distributions()["DistributionList"].get("Items", [])
    for each in listed:
        if host in (each["DomainName"], *each.get("Aliases", {}).get("Items", [])):
            for origin in each["Origins"]["Items"]:
                if ".s3." in origin["DomainName"]:
                    status = _status(f"https://{origin['DomainName']}/index.html")
                    return AREA.judge(BUCKET, status == requests.codes.forbidden, str(status))
    return AREA.not_checked(BUCKET, f"no distribution of this account is {host}")


def _status(address: str) -> int:
    return requests.get(address, timeout=TIMEOUT_S, allow_redirects=False).status_code
