"""A web application firewall: for CloudFront, or for the API's stage behind it."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.delivery.domain import CLOUDFRONT_REGION
from components.security.firewall_rules import rules, visibility

# AWS takes log groups for firewalls by this beginning alone.
LOG_PREFIX = "aws-waf-logs-"
REDACTED = ("authorization", "cookie", "x-api-key")


@dataclass(frozen=True, kw_only=True)
class FirewallArgs:
    """`stage_arn` None is CloudFront's firewall. `key_arn` is a key of the firewall's own region.

    `rate_limit` is requests from one address in five minutes, `behind_cloudfront` from the one CloudFront names.
    """

    firewall_name: str
    stage_arn: pulumi.Input[str] | None
    rate_limit: int
    behind_cloudfront: bool
    key_arn: pulumi.Input[str]
    log_retention_days: int


class Firewall(pulumi.ComponentResource):
    """`arn` is what a distribution is told; a stage is tied here. What is blocked is logged, without its secrets."""

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: FirewallArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:security:Firewall", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        region = None if args.stage_arn else CLOUDFRONT_REGION
        acl = aws.wafv2.WebAcl(
            f"{name}-acl",
            region=region,
            name=args.firewall_name,
            scope="REGIONAL" if args.stage_arn else "CLOUDFRONT",
            default_action={"allow": {}},
            rules=rules(args.firewall_name, args.rate_limit, behind_cloudfront=args.behind_cloudfront),
            visibility_config=visibility(args.firewall_name),
            opts=child,
        )
        if args.stage_arn:
            aws.wafv2.WebAclAssociation(
                f"{name}-association", resource_arn=args.stage_arn, web_acl_arn=acl.arn, opts=child
            )
        logs = aws.cloudwatch.LogGroup(
            f"{name}-logs",
            region=region,
            name=f"{LOG_PREFIX}{args.firewall_name}",
            retention_in_days=args.log_retention_days,
            kms_key_id=args.key_arn,
            opts=child,
        )
        aws.wafv2.WebAclLoggingConfiguration(
            f"{name}-logging",
            region=region,
            resource_arn=acl.arn,
            log_destination_configs=[logs.arn],
            redacted_fields=[{"single_header": {"name": header}} for header in REDACTED],
            logging_filter={
                "default_behavior": "DROP",
                "filters": [
                    {
                        "behavior": "KEEP",
                        "requirement": "MEETS_ANY",
                        "conditions": [{"action_condition": {"action": "BLOCK"}}],
                    }
                ],
            },
            opts=child,
        )
        self.arn = acl.arn
        self.register_outputs({"arn": self.arn})
