"""The AWS account and region a stack is in."""

from dataclasses import dataclass

import pulumi


@dataclass(frozen=True, kw_only=True)
class Account:
    """`id` is the account's twelve digits."""

    id: pulumi.Input[str]
    region: str

    def arn(self, service: str, resource: pulumi.Input[str]) -> pulumi.Output[str]:
        """The ARN of a regional resource of this account."""
        return pulumi.Output.concat("arn:aws:", service, ":", self.region, ":", self.id, ":", resource)

    def trail_arn(self, prefix: str) -> pulumi.Output[str]:
        """Of the stack's CloudTrail, known before it is made: its bucket and its key admit it."""
        return self.arn("cloudtrail", f"trail/{prefix}")
