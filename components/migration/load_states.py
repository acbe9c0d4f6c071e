"""The state machine's definition: export files loaded in parallel, one entity after the other.

Started with `{"exports": {"books": prefix, ...}}`, where a prefix is an export's `.../AWSDynamoDB/<export id>`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

# Those whose rows others point to come first.
ENTITIES = ("books", "users", "orders", "carts")
# A smallest database takes about 75 connections, the shop's own functions among them.
FILES_AT_ONCE = 10
PAUSE_S, ATTEMPTS = 5, 6
# https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
PASSING = ("Lambda.ClientExecutionTimeoutException", "Lambda.ServiceException", "Lambda.AWSLambdaException",
           "Lambda.SdkClientException", "Lambda.TooManyRequestsException", "Lambda.Unknown")  # fmt: skip

State = Mapping[str, Any]


def definition(
    function_arn: pulumi.Input[str], bucket_name: pulumi.Input[str], entities: Sequence[str] = ENTITIES
) -> State:
    """In Amazon States Language."""
    states: dict[str, Any] = {}
    for entity, following in zip(entities, [*entities[1:], None], strict=True):
        states |= _of(entity, _name(following) if following else "Loaded", function_arn, bucket_name)
    return {
        "Comment": "Loads DynamoDB exports into the shop this stack is",
        "StartAt": _name(entities[0]),
        "States": {**states, "Loaded": {"Type": "Succeed"}},
    }


def _name(entity: str) -> str:
    return f"Look for {entity}"


def _of(entity: str, then: str, function_arn: pulumi.Input[str], bucket_name: pulumi.Input[str]) -> State:
    """A look whether there is an export, and a map over its files."""
    exported = {"Variable": f"$.exports.{entity}", "IsPresent": True, "Next": f"Load {entity}"}
    return {
        _name(entity): {"Type": "Choice", "Choices": [exported], "Default": then},
        f"Load {entity}": {
            "Type": "Map",
            "Label": entity,
            "MaxConcurrency": FILES_AT_ONCE,
            "ItemReader": {
                "Resource": "arn:aws:states:::s3:listObjectsV2",
                "Parameters": {
                    "Bucket": bucket_name,
                    "Prefix.$": f"States.Format('{{}}/data/', $.exports.{entity})",
                },
            },
            "ItemSelector": {"step": "load", "entity": entity, "key.$": "$$.Map.Item.Value.Key"},
            "ItemProcessor": _file(entity, function_arn),
            "ResultPath": None,
            "Next": then,
        },
    }


def _file(entity: str, function_arn: pulumi.Input[str]) -> State:
    """One file: the function is called until it says that all lines are in.

    Names of states are unique in the whole machine, its maps included:
    https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html
    """
    load, look, pause, refused, loaded = (
        f"{what} {entity}"
        for what in ("Load a file of", "Look at the answer about", "Pause", "Refuse a file of", "Is in:")
    )
    return {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": load,
        "States": {
            load: {
                "Type": "Task",
                "Resource": "arn:aws:states:::lambda:invoke",
                "Parameters": {"FunctionName": function_arn, "Payload.$": "$"},
                "ResultSelector": {"answer.$": "$.Payload"},
                "ResultPath": "$.loaded",
                "Retry": [
                    {
                        "ErrorEquals": list(PASSING),
                        "IntervalSeconds": PAUSE_S,
                        "MaxAttempts": ATTEMPTS,
                        "BackoffRate": 2,
                        "JitterStrategy": "FULL",
                    },
                    # The function goes on where it was.
                    {"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": PAUSE_S, "MaxAttempts": 2},
                ],
                "Next": look,
            },
            look: {
                "Type": "Choice",
                "Choices": [
                    {"Variable": "$.loaded.answer.refused", "IsPresent": True, "Next": refused},
                    {"Variable": "$.loaded.answer.done", "BooleanEquals": True, "Next": loaded},
                ],
                "Default": pause,
            },
            pause: {"Type": "Wait", "Seconds": PAUSE_S, "Next": load},
            refused: {"Type": "Fail", "Error": "Refused", "CausePath": "$.loaded.answer.refused"},
            loaded: {"Type": "Succeed"},
        },
    }
