"""What functions may do: their roles, compared with the calls they make (test_calls.py)."""

import json
from typing import Any

import pytest

from cloudshelf.graph import Graph
from components.grant import Grant
from tests.infra.permissions import ENVIRONMENT, PERMISSIONS
from tests.infra.provider import ACCOUNT, REGION

RESERVED_VARIABLES = ("AWS_", "_HANDLER", "LAMBDA_", "TZ")


def statements(graph: Graph, function: str) -> list[dict[str, Any]]:
    policy = graph.of("aws:iam/rolePolicy:RolePolicy")[f"{function}-policy"]
    listed: list[dict[str, Any]] = json.loads(policy.inputs["policy"])["Statement"]
    return listed


@pytest.mark.parametrize("function", PERMISSIONS)
def test_a_function_may_make_the_calls_it_makes_and_no_others(phase1: Graph, function: str) -> None:
    granted: dict[str, set[str]] = {}
    for statement in statements(phase1, function):
        for resource in statement["Resource"]:
            actions = {a.removeprefix("dynamodb:") for a in statement["Action"] if a.startswith("dynamodb:")}
            if actions:
                granted.setdefault(resource.removeprefix(f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/"), set()).update(
                    actions
                )
    assert granted == PERMISSIONS[function]


def test_besides_dynamodb_a_function_may_only_write_its_own_log(phase1: Graph) -> None:
    for function in PERMISSIONS:
        others = [s for s in statements(phase1, function) if not s["Action"][0].startswith("dynamodb:")]
        (logs,) = others
        assert logs["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
        group = f"/aws/lambda/cloudshelf-phase1-{function}"
        assert logs["Resource"] == [f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}:*"]


def test_no_policy_of_a_role_has_a_wildcard_action_or_resource(phase1: Graph) -> None:
    for name, policy in phase1.of("aws:iam/rolePolicy:RolePolicy").items():
        for statement in json.loads(policy.inputs["policy"])["Statement"]:
            assert not [a for a in statement["Action"] if "*" in a], name
            # The streams of a log group have no other name.
            assert not [r for r in statement["Resource"] if "*" in r.removesuffix(":*")], name


def test_each_function_has_a_role_of_its_own_that_only_lambda_takes(phase1: Graph) -> None:
    functions = phase1.of("aws:lambda/function:Function")
    assert len({f.inputs["role"] for f in functions.values()}) == len(functions) == len(PERMISSIONS)
    for function in PERMISSIONS:
        (statement,) = json.loads(phase1.named(f"{function}-role").inputs["assumeRolePolicy"])["Statement"]
        assert statement["Principal"] == {"Service": "lambda.amazonaws.com"}


def test_functions_are_arm64_on_the_one_runtime_within_the_gateways_patience(phase1: Graph) -> None:
    for name, function in phase1.of("aws:lambda/function:Function").items():
        inputs = function.inputs
        assert (inputs["architectures"], inputs["runtime"]) == (["arm64"], "python3.13"), name
        assert 5 <= inputs["timeout"] < 29, name
        assert inputs["loggingConfig"]["logGroup"] == f"/aws/lambda/{inputs['name']}", name


@pytest.mark.parametrize("function", ENVIRONMENT)
def test_a_function_is_told_what_it_needs_and_no_more(phase1: Graph, function: str) -> None:
    variables = phase1.named(f"{function}-function").inputs["environment"]["variables"]
    assert variables.keys() == ENVIRONMENT[function] | {"POWERTOOLS_SERVICE_NAME"}


def test_no_function_is_given_a_secret_or_a_variable_lambda_reserves(phase1: Graph) -> None:
    for name, function in phase1.of("aws:lambda/function:Function").items():
        variables = function.inputs["environment"]["variables"]
        assert not [v for v in variables if v.startswith(RESERVED_VARIABLES)], name
        assert not function.secrets, name


@pytest.mark.parametrize(("actions", "resources"), [(["dynamodb:*"], ["arn:aws:x"]), (["dynamodb:GetItem"], ["*"])])
def test_a_grant_of_everything_is_refused(actions: list[str], resources: list[str]) -> None:
    with pytest.raises(ValueError, match="a grant names its"):
        Grant(actions=actions, resources=resources)
