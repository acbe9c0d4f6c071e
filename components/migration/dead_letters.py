"""Where Lambda says which changes it could not hand over: not the changes, but where in the stream they are."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.grant import Grant, document

TWO_WEEKS_S = 14 * 24 * 60 * 60


@dataclass(frozen=True, kw_only=True)
class DeadLettersArgs:
    queue_name: str


class DeadLetters(pulumi.ComponentResource):
    """A queue nobody reads but people."""

    arn: pulumi.Output[str]
    queue_name: pulumi.Output[str]

    def __init__(self, name: str, args: DeadLettersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:migration:DeadLetters", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        queue = aws.sqs.Queue(
            f"{name}-queue",
            name=args.queue_name,
            message_retention_seconds=TWO_WEEKS_S,
            sqs_managed_sse_enabled=True,
            opts=child,
        )
        only_over_tls = {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sqs:*",
            "Resource": queue.arn,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        aws.sqs.QueuePolicy(f"{name}-policy", queue_url=queue.url, policy=document([only_over_tls]), opts=child)
        self.arn, self.queue_name = queue.arn, queue.name
        self.register_outputs({"arn": self.arn})

    def send(self) -> Grant:
        """Lets Lambda write as a function whose batches fail."""
        return Grant(actions=["sqs:SendMessage"], resources=[self.arn])
