"""The key set is out of reach, then rotated; an account is disabled. Nobody is let in who should not be."""

import json
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from cloudshelf.drill import harness
from cloudshelf.drill.harness import Person, Stage, Witness, told
from cloudshelf.load import Event
from components.api_counts import AUTHORIZER_FAILURES, PATTERNS

STACKS = ("phase2",)
OVERRIDES: dict[str, str] = {}
ORDERS, REFUSALS = 3, 6
ALARMS = ["authorizer-errors", "api-errors"]
ALGORITHM, BITS = "RS256", 2048
STATUS = "UPDATE users SET account_status = :status WHERE user_id = :user_id"


def run(stage: Stage) -> None:
    seen = Witness()
    load = stage.send(seen)
    stage.step("shoppers buy")
    seen.wait_for_orders(ORDERS)
    person = Person(stage.cloud.url)
    _refused(stage, person)
    _unreachable(stage, seen)
    outcome = load.stop()
    stage.expect_nothing_lost(outcome)
    stage.expect_alarms(ALARMS, silent=["orders-errors", "carts-errors"])
    _rotated(stage, person)
    _disabled(stage, person)


def _refused(stage: Stage, person: Person) -> None:
    stage.step("somebody tries a token that proves nothing")
    answer = person.api("GET", "/users/me", token=f"{person.token[:-8]}AAAAAAAA")
    stage.expect("it is answered 401", answer.status_code == 401, told(answer))
    stage.expect_alarms([], silent=ALARMS)


def _unreachable(stage: Stage, seen: Witness) -> None:
    keys = stage.cloud.world.key_sets
    away = stage.step("the user pool's key set cannot be reached")
    keys.reachable = False
    stage.closing.callback(setattr, keys, "reachable", True)
    stage.expect_orders("with the keys it has, the authorizer goes on", seen, ORDERS, since=away)
    cold = stage.step("the authorizer starts anew without them, and no decision is kept")
    _forget(stage)
    seen.wait("503", REFUSALS, lambda event: event.status == 503, since=cold)
    back = stage.step("the key set is there again")
    keys.reachable = True
    stage.expect_orders("orders go on by themselves", seen, ORDERS, since=back)
    stage.expect_answers("meanwhile nobody is let in unchecked: 503, or what needs no sign-in",
                         seen.between(cold, back), _as_promised)  # fmt: skip


def _as_promised(event: Event) -> bool:
    return 0 < event.status < 500 or (event.status, event.code) == (503, "unavailable")


def _rotated(stage: Stage, person: Person) -> None:
    stage.step("the pool signs with a new key and publishes no other; the authorizer starts anew, as each hour does it")
    new, unknown = (rsa.generate_private_key(public_exponent=65537, key_size=BITS) for _ in range(2))
    claims = jwt.decode(person.token, options={"verify_signature": False})
    pool = str(claims["iss"]).rpartition("/")[2]
    replaced = stage.cloud.world.key_sets.replaced
    replaced[pool] = json.dumps({"keys": [_published(new, "new")]}).encode()
    stage.closing.callback(replaced.pop, pool, None)
    _forget(stage)
    for what, token, status in (
        ("a token of the new key is let in", _signed(claims, new, "new"), 200),
        ("one of the key that is gone is not", person.token, 401),
        ("one of a key nobody published is not", _signed(claims, unknown, "unknown"), 401),
        ("one of a stranger's key under the new key's name is not", _signed(claims, unknown, "new"), 401),
    ):
        answer = person.api("GET", "/users/me", token=token)
        stage.expect(what, answer.status_code == status, told(answer))
    del replaced[pool]
    _forget(stage)


def _disabled(stage: Stage, person: Person) -> None:
    stage.step("an account is disabled, and the decisions that are kept are dropped")
    for status, expected in (("disabled", 403), ("active", 200)):
        harness.run(stage.database, STATUS, status=status, user_id=person.user_id)
        _flush(stage)
        answer = person.api("GET", "/users/me")
        stage.expect(f"while it is {status}, its valid token is answered {expected}",
                     answer.status_code == expected, told(answer))  # fmt: skip


def _forget(stage: Stage) -> None:
    stage.function("authorizer").restart()
    _flush(stage)


def _flush(stage: Stage) -> None:
    for gateway in stage.cloud.world.gateways:
        gateway.flush_authorizers()


def _published(key: rsa.RSAPrivateKey, name: str) -> dict[str, Any]:
    public: dict[str, Any] = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    return {**public, "kid": name, "use": "sig", "alg": ALGORITHM}


def _signed(claims: dict[str, Any], key: rsa.RSAPrivateKey, name: str) -> str:
    return jwt.encode(claims, key, algorithm=ALGORITHM, headers={"kid": name})


def commands(stack: str) -> list[str]:
    name = f"cloudshelf-{stack}"
    return [
        f"aws cloudwatch describe-alarms --alarm-names {name}-authorizer-errors {name}-api-errors",
        f"aws logs tail /aws/lambda/{name}-authorizer --since 15m",
        f"aws logs filter-log-events --log-group-name /aws/apigateway/{name} "
        f"--filter-pattern '{PATTERNS[AUTHORIZER_FAILURES]}' --limit 5",
        "curl -s https://cognito-idp.us-east-1.amazonaws.com/USER_POOL_ID/.well-known/jwks.json",
        f"aws lambda update-function-configuration --function-name {name}-authorizer --description 'start anew'",
        "aws apigateway flush-stage-authorizers-cache --rest-api-id API_ID --stage-name api",
        "aws cognito-idp admin-disable-user --user-pool-id USER_POOL_ID --username EMAIL",
        "aws cognito-idp admin-user-global-sign-out --user-pool-id USER_POOL_ID --username EMAIL",
    ]
