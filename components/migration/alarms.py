"""Which metrics of a move alarm whom, as data."""

from collections.abc import Sequence

import pulumi

from components.alarms import Alarm

HOUR_MS = 60 * 60 * 1000


def migration_alarms(
    function_name: pulumi.Input[str], queue_name: pulumi.Input[str], machine_arn: pulumi.Input[str]
) -> Sequence[Alarm]:
    """Streams forget after a day: what is an hour behind is looked at today."""
    return [
        Alarm(
            name="migration-lag",
            description="The new shop is an hour or more behind the old one.",
            namespace="AWS/Lambda",
            metric="IteratorAge",
            statistic="Maximum",
            threshold=HOUR_MS - 1,
            dimensions={"FunctionName": function_name},
        ),
        Alarm(
            name="migration-errors",
            description="The function that moves the shop crashed, timed out or raised.",
            namespace="AWS/Lambda",
            metric="Errors",
            statistic="Sum",
            threshold=0,
            dimensions={"FunctionName": function_name},
        ),
        Alarm(
            name="migration-dead-letters",
            description="Changes of the old shop were given up: read the queue, then verify.",
            namespace="AWS/SQS",
            metric="ApproximateNumberOfMessagesVisible",
            statistic="Maximum",
            threshold=0,
            dimensions={"QueueName": queue_name},
        ),
        Alarm(
            name="migration-load-failures",
            description="A load of exports failed; start it again, it goes on where it was.",
            namespace="AWS/States",
            metric="ExecutionsFailed",
            statistic="Sum",
            threshold=0,
            dimensions={"StateMachineArn": machine_arn},
        ),
    ]
