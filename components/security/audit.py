"""The account's watchers: its trail, threat detection, and who outside may reach what is inside."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.account import Account
from components.security.keys import Keys
from components.security.log_bucket import LogBucket, LogBucketArgs
from components.security.threat_detection import ThreatDetection, ThreatDetectionArgs
from components.security.trail import Trail, TrailArgs


@dataclass(frozen=True, kw_only=True)
class AuditArgs:
    """Each watcher exists once in an account and region. `threats` None does without GuardDuty."""

    prefix: str
    account: Account
    keys: Keys
    trail: bool
    threats: ThreatDetectionArgs | None
    analyzer: bool
    log_retention_days: int
    protect: bool


class Audit(pulumi.ComponentResource):
    """`log_bucket` takes further logs."""

    log_bucket: LogBucket

    def __init__(self, name: str, args: AuditArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:security:Audit", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        trail = args.account.trail_arn(args.prefix)
        self.log_bucket = LogBucket(
            "logs",
            LogBucketArgs(
                account=args.account,
                trail_arn=trail,
                retention_days=args.log_retention_days,
                protect=args.protect,
            ),
            child,
        )
        if args.trail:
            Trail(
                "trail",
                TrailArgs(
                    trail_name=args.prefix,
                    bucket=self.log_bucket,
                    key_arn=args.keys.logs,
                    log_retention_days=args.log_retention_days,
                ),
                child,
            )
        if args.threats:
            ThreatDetection("threats", args.threats, child)
        if args.analyzer:
            aws.accessanalyzer.Analyzer(
                f"{name}-access", analyzer_name=args.prefix, type="ACCOUNT", opts=pulumi.ResourceOptions(parent=self)
            )
        self.register_outputs({})
