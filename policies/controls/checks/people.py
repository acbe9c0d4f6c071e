"""Cognito: how people sign in, and with what their browser may go on."""

from collections.abc import Iterator

from ..rules import alone
from ..stack import Resource

SHORTEST_PASSWORD = 12
LONGEST_TEMPORARY_DAYS = 7
LONGEST_TOKEN_MINUTES = 60
MINUTES = {"minutes": 1, "hours": 60, "seconds": 1 / 60, "days": 1440}
PRIVILEGED = ("custom:role", "email_verified", "phone_number_verified", "cognito:groups")


@alone
def second_factor(pool: Resource) -> Iterator[str]:
    if pool.get("mfaConfiguration") not in ("OPTIONAL", "ON"):
        yield "mfaConfiguration is off: let people add a second factor"
    if pool.get("softwareTokenMfaConfiguration.enabled") is not True:
        yield "softwareTokenMfaConfiguration is off: a second factor by text message can be diverted"


@alone
def browser_client(client: Resource) -> Iterator[str]:
    if client.get("preventUserExistenceErrors") != "ENABLED":
        yield "preventUserExistenceErrors is not ENABLED: it would tell strangers who has an account"
    if client.get("enableTokenRevocation") is not True:
        yield "enableTokenRevocation is not true: signing out would not end a session"
    if client.get("generateSecret") is True:
        yield "generateSecret is true: a browser cannot keep a secret"
    if set(client.items("allowedOauthFlows")) - {"code"}:
        yield "allowedOauthFlows has more than code: a token in an address is seen by others"
    if "ALLOW_USER_PASSWORD_AUTH" in client.items("explicitAuthFlows"):
        yield "explicitAuthFlows has ALLOW_USER_PASSWORD_AUTH: with SRP the password would stay in the browser"
    for url in client.items("callbackUrls"):
        if not url.startswith("https://"):
            yield f"callbackUrls has {url}: take https only"
    for kind in ("accessToken", "idToken"):
        unit = MINUTES[client.get(f"tokenValidityUnits.{kind}", "hours")]
        if float(client.get(f"{kind}Validity", 1)) * unit > LONGEST_TOKEN_MINUTES:
            yield f"{kind}Validity is over {LONGEST_TOKEN_MINUTES} minutes: shorten it"


@alone
def attributes_kept(client: Resource) -> Iterator[str]:
    writable = client.items("writeAttributes")
    if not writable:
        yield "writeAttributes is not set: the client could write every attribute"
    for attribute in writable:
        if attribute in PRIVILEGED:
            yield f"writeAttributes has {attribute}: people would give themselves rights"
