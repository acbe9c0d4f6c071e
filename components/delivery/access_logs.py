"""CloudFront's access log, a line for each request, in CloudWatch Logs.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
"""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.delivery.domain import CLOUDFRONT_REGION


@dataclass(frozen=True, kw_only=True)
class AccessLogsArgs:
    """`key_arn` is a key of CloudFront's region that CloudWatch Logs may use."""

    prefix: str
    distribution_arn: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    retention_days: int


class AccessLogs(pulumi.ComponentResource):
    """Query strings and cookies are left out: they hold what people look for, and who they are."""

    def __init__(self, name: str, args: AccessLogsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:delivery:AccessLogs", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        group = aws.cloudwatch.LogGroup(
            f"{name}-logs",
            region=CLOUDFRONT_REGION,
            # AWS lets log deliveries write to groups of this prefix without a policy of their own.
            name=f"/aws/vendedlogs/cloudfront/{args.prefix}",
            retention_in_days=args.retention_days,
            kms_key_id=args.key_arn,
            opts=child,
        )
        source = aws.cloudwatch.LogDeliverySource(
            f"{name}-source",
            region=CLOUDFRONT_REGION,
            name=f"{args.prefix}-cloudfront",
            log_type="ACCESS_LOGS",
            resource_arn=args.distribution_arn,
            opts=child,
        )
        destination = aws.cloudwatch.LogDeliveryDestination(
            f"{name}-destination",
            region=CLOUDFRONT_REGION,
            name=f"{args.prefix}-cloudfront",
            output_format="json",
            delivery_destination_configuration={"destination_resource_arn": group.arn},
            opts=child,
        )
        aws.cloudwatch.LogDelivery(
            f"{name}-delivery",
            region=CLOUDFRONT_REGION,
            delivery_source_name=source.name,
            delivery_destination_arn=destination.arn,
            record_fields=[*FIELDS],
            opts=child,
        )
        self.register_outputs({})


FIELDS = (
    "date",
    "time",
    "x-edge-location",
    "c-ip",
    "cs-method",
    "cs(Host)",
    "cs-uri-stem",
    "sc-status",
    "sc-bytes",
    "x-edge-result-type",
    "x-edge-request-id",
    "time-taken",
    "ssl-protocol",
)
