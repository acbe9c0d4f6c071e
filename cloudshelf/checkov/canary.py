"""Known-bad twins of resources, each of which checkov has to notice.

They prove that the conversion carries a property to where checkov looks for it: on the resource as it is the check
passes, on its twin it fails.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from cloudshelf.checkov.runner import Result, Results
from cloudshelf.controls.stacks import as_stack
from cloudshelf.graph import Graph, Node
from cloudshelf.terraform import address, terraform_type
from policies.controls import tokens
from policies.controls.mutants import GONE, First, Flip, Lose, mutate
from policies.controls.stack import Stack


@dataclass(frozen=True, kw_only=True)
class Twin:
    """`bad` is all that is wrong with it. `seen_at` is the resource checkov names, if that is another."""

    check: str
    bad: tuple[Flip | Lose, ...]
    seen_at: First | None = None


def twin(check: str, type_: str, path: str, value: Any, name: str = "", seen_at: First | None = None) -> Twin:
    return Twin(check=check, bad=(Flip(type=type_, path=path, value=value, name=name),), seen_at=seen_at)


def without(check: str, type_: str, name: str, seen_at: First) -> Twin:
    return Twin(check=check, bad=(Lose(type=type_, name=name),), seen_at=seen_at)


SITE_BUCKET = First(tokens.BUCKET, "site")
EVERYBODY = '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}'
STAR = '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
CUSTOM_ORIGIN = "origins.1.customOriginConfig"
TLS = "viewerCertificate.minimumProtocolVersion"
VIEWERS = "defaultCacheBehavior.viewerProtocolPolicy"

TWINS = (
    twin("CKV_AWS_73", tokens.STAGE, "xrayTracingEnabled", False),
    twin("CKV_AWS_76", tokens.STAGE, "accessLogSettings", GONE),
    twin("CKV_AWS_276", tokens.METHOD_SETTINGS, "settings.dataTraceEnabled", True),
    twin("CKV_AWS_34", tokens.DISTRIBUTION, VIEWERS, "allow-all"),
    twin("CKV_AWS_174", tokens.DISTRIBUTION, TLS, "TLSv1"),
    twin("CKV_AWS_68", tokens.DISTRIBUTION, "webAclId", GONE),
    twin("CKV_AWS_374", tokens.DISTRIBUTION, "restrictions.geoRestriction", {"restrictionType": "none"}),
    twin("CKV_AWS_305", tokens.DISTRIBUTION, "defaultRootObject", GONE),
    twin("CKV2_AWS_54", tokens.DISTRIBUTION, f"{CUSTOM_ORIGIN}.originSslProtocols", ["SSLv3"]),
    twin("CKV_AWS_53", tokens.PUBLIC_ACCESS_BLOCK, "blockPublicAcls", False, "site"),
    twin("CKV_AWS_54", tokens.PUBLIC_ACCESS_BLOCK, "blockPublicPolicy", False, "site"),
    twin("CKV_AWS_55", tokens.PUBLIC_ACCESS_BLOCK, "ignorePublicAcls", False, "site"),
    twin("CKV_AWS_56", tokens.PUBLIC_ACCESS_BLOCK, "restrictPublicBuckets", False, "site"),
    without("CKV2_AWS_6", tokens.PUBLIC_ACCESS_BLOCK, "logs", First(tokens.BUCKET, "logs")),
    twin("CKV_AWS_21", tokens.BUCKET_VERSIONING, "versioningConfiguration.status", "Suspended", "site", SITE_BUCKET),
    twin("CKV_AWS_300", tokens.BUCKET_LIFECYCLE, "rules.0.abortIncompleteMultipartUpload", GONE, "site"),
    twin("CKV2_AWS_65", tokens.BUCKET_OWNERSHIP, "rule.objectOwnership", "ObjectWriter", "site"),
    twin("CKV_AWS_70", tokens.BUCKET_POLICY, "policy.Statement.0.Principal", "*", "site"),
    without("CKV_AWS_18", tokens.BUCKET_LOGGING, "", SITE_BUCKET),
    twin("CKV_AWS_363", tokens.FUNCTION, "runtime", "python3.6", "books"),
    twin("CKV_AWS_50", tokens.FUNCTION, "tracingConfig", GONE, "books"),
    twin("CKV_AWS_117", tokens.FUNCTION, "vpcConfig", GONE, "books"),
    twin("CKV_AWS_173", tokens.FUNCTION, "kmsKeyArn", GONE, "books"),
    twin("CKV_AWS_115", tokens.FUNCTION, "reservedConcurrentExecutions", GONE, "books"),
    twin("CKV_AWS_45", tokens.FUNCTION, "environment.variables.AWS_KEY", "AKIAIOSFODNN7EXAMPLE", "orders"),
    twin("CKV_AWS_364", tokens.PERMISSION, "sourceArn", GONE, "books"),
    twin("CKV_AWS_301", tokens.PERMISSION, "principal", "*", "carts"),
    twin("CKV_AWS_28", tokens.TABLE, "pointInTimeRecovery.enabled", False, "carts"),
    twin("CKV_AWS_119", tokens.TABLE, "serverSideEncryption", GONE, "carts"),
    twin("CKV_AWS_16", tokens.DATABASE, "storageEncrypted", False, "database"),
    twin("CKV_AWS_17", tokens.DATABASE, "publiclyAccessible", True, "database"),
    twin("CKV_AWS_157", tokens.DATABASE, "multiAz", False, "database"),
    twin("CKV_AWS_293", tokens.DATABASE, "deletionProtection", False, "database"),
    twin("CKV_AWS_161", tokens.DATABASE, "iamDatabaseAuthenticationEnabled", False, "database"),
    twin("CKV_AWS_211", tokens.DATABASE, "caCertIdentifier", "rds-ca-2019", "database"),
    twin("CKV_AWS_129", tokens.DATABASE, "enabledCloudwatchLogsExports", GONE, "database"),
    twin("CKV_AWS_118", tokens.DATABASE, "monitoringInterval", 0, "database"),
    twin("CKV_AWS_353", tokens.DATABASE, "performanceInsightsEnabled", False, "database"),
    twin("CKV_AWS_226", tokens.DATABASE, "autoMinorVersionUpgrade", False, "database"),
    twin("CKV_AWS_133", tokens.DATABASE, "backupRetentionPeriod", 0, "database"),
    twin("CKV2_AWS_60", tokens.DATABASE, "copyTagsToSnapshot", False, "database"),
    twin("CKV2_AWS_69", tokens.PARAMETER_GROUP, "parameters.0.value", "0", "", First(tokens.DATABASE, "database")),
    Twin(
        check="CKV_AWS_24",
        bad=(
            Flip(type=tokens.INGRESS_RULE, name="endpoints", path="cidrIpv4", value="0.0.0.0/0"),
            Flip(type=tokens.INGRESS_RULE, name="endpoints", path="fromPort", value=22),
        ),
    ),
    twin("CKV_AWS_23", tokens.INGRESS_RULE, "description", GONE, "to-rds"),
    Twin(
        check="CKV_AWS_382",
        bad=(
            Flip(type=tokens.EGRESS_RULE, name="to-rds", path="cidrIpv4", value="0.0.0.0/0"),
            Flip(type=tokens.EGRESS_RULE, name="to-rds", path="fromPort", value=-1),
            Flip(type=tokens.EGRESS_RULE, name="to-rds", path="toPort", value=-1),
        ),
    ),
    twin("CKV_AWS_23", tokens.SECURITY_GROUP, "description", GONE, "rds"),
    Twin(
        check="CKV2_AWS_44",
        bad=(Flip(type=tokens.ROUTE, name="private-1", path="vpcPeeringConnectionId", value="pcx-1"),),
    ),
    without("CKV2_AWS_19", tokens.NAT_GATEWAY, "nat-2", First(tokens.EIP, "nat-2")),
    twin("CKV2_AWS_71", tokens.CERTIFICATE, "domainName", "*.example.com"),
    twin("CKV2_AWS_23", tokens.RECORD, "aliases", GONE, "domain-a"),
    twin("CKV_AWS_130", tokens.SUBNET, "mapPublicIpOnLaunch", True),
    without("CKV2_AWS_11", tokens.FLOW_LOG, "", First(tokens.VPC)),
    twin("CKV2_AWS_12", tokens.DEFAULT_GROUP, "ingress", [{"protocol": "-1"}], "", First(tokens.VPC)),
    twin("CKV_AWS_232", tokens.NETWORK_ACL_RULE, "fromPort", 22, "public-acl-in-110"),
    twin("CKV2_AWS_1", tokens.NETWORK_ACL, "subnetIds", GONE, "database"),
    twin("CKV_AWS_355", tokens.ROLE_POLICY, "policy", STAR, "users"),
    twin("CKV_AWS_62", tokens.ROLE_POLICY, "policy", STAR, "users"),
    twin("CKV_AWS_61", tokens.ROLE, "assumeRolePolicy.Statement.0.Principal", {"AWS": "123456789012"}, "users"),
    twin("CKV_AWS_274", tokens.POLICY_ATTACHMENT, "policyArn", "arn:aws:iam::aws:policy/AdministratorAccess"),
    twin("CKV_AWS_7", tokens.KEY, "enableKeyRotation", False, "data"),
    twin("CKV_AWS_33", tokens.KEY, "policy.Statement.0.Principal", {"AWS": "*"}, "data"),
    twin("CKV_AWS_337", tokens.PARAMETER, "keyId", GONE),
    twin("CKV_AWS_67", tokens.TRAIL, "isMultiRegionTrail", False),
    twin("CKV_AWS_36", tokens.TRAIL, "enableLogFileValidation", False),
    twin("CKV_AWS_35", tokens.TRAIL, "kmsKeyId", GONE),
    twin("CKV_AWS_251", tokens.TRAIL, "enableLogging", False),
    twin("CKV_AWS_238", tokens.DETECTOR, "enable", False),
    twin("CKV_AWS_192", tokens.WEB_ACL, "rules.2.overrideAction", {"count": {}}, "cdn"),
    twin("CKV_AWS_175", tokens.WEB_ACL, "rules", GONE, "api"),
    without("CKV2_AWS_31", tokens.WEB_ACL_LOGGING, "api", First(tokens.WEB_ACL, "api")),
    twin("CKV_AWS_66", tokens.LOG_GROUP, "retentionInDays", GONE, "books"),
    twin("CKV_AWS_158", tokens.LOG_GROUP, "kmsKeyId", GONE, "books"),
    twin("CKV_AWS_319", tokens.ALARM, "actionsEnabled", False),
    twin("CKV_AWS_26", tokens.TOPIC, "kmsMasterKeyId", GONE),
    twin("CKV_AWS_169", tokens.TOPIC_POLICY, "policy", EVERYBODY),
    twin("CKV_AWS_27", tokens.QUEUE, "sqsManagedSseEnabled", False),
    twin("CKV_AWS_168", tokens.QUEUE_POLICY, "policy", EVERYBODY),
    twin("CKV_AWS_166", tokens.BACKUP_VAULT, "kmsKeyArn", GONE),
    twin("CKV_AWS_43", tokens.STREAM, "encryptionType", "NONE"),
)


# Types that checkov judges and that have no twin, and why.
TWINLESS = {
    "aws_cloudfront_response_headers_policy": "its only check fails on the resource as it is: see the suppressions",
    "aws_scheduler_schedule": "its only check fails on the resource as it is: see the suppressions",
    "aws_sfn_state_machine": "only while a shop moves: its traces pass in phase2 and fail in enhanced",
    "aws_route_table": "its only check is of routes, which have a twin",
}


def spoil(graph: Graph, twins: Iterable[Twin] = TWINS) -> list[Node]:
    """The resources of a graph with every twin in its resource's place."""
    stack = as_stack(graph, "phase2")
    done: list[Flip | Lose] = []
    for each in twins:
        for bad in each.bad:
            if bad not in done:
                done.append(bad)
                stack = _spoilt(stack, bad)
    return [
        replace(
            graph.nodes[resource.urn],
            inputs=dict(resource.props),
            property_dependencies={prop: sorted(urns) for prop, urns in resource.sources.items()},
        )
        for resource in stack.resources
    ]


def _spoilt(stack: Stack, bad: Flip | Lose) -> Stack:
    spoilt = mutate(stack, bad)
    if spoilt is None:
        raise ValueError(f"{bad} changes nothing")
    return spoilt


def where(each: Twin, graph: Graph) -> str:
    """The address at which checkov has to notice a twin."""
    spot = each.seen_at or First(each.bad[0].type, each.bad[0].name)
    return next(address(node) for node in graph.resources if node.type == spot.type and spot.name in node.name)


def unnoticed(graph: Graph, good: str, bad: str, results: Results) -> list[str]:
    """Twins that do not show: the check did not pass on the good plan, or did not fail on the bad one."""
    passed, failed = _verdicts(results.passed, good), _verdicts(results.failed, bad)
    complaints = []
    for each in TWINS:
        spot = (each.check, where(each, graph))
        if spot not in passed:
            complaints.append(f"{each.check} does not pass {spot[1]} as it is")
        if spot not in failed:
            complaints.append(f"{each.check} does not notice {each.bad}")
    return complaints


def untried(results: Results, graph: Graph) -> set[str]:
    """Types that checkov judges and no twin is of."""
    spoilt = {bad.type for each in TWINS for bad in each.bad}
    tried = {where(each, graph).partition(".")[0] for each in TWINS}
    tried |= {str(terraform_type(type_)) for type_ in spoilt}
    return {each.resource.partition(".")[0] for each in results.passed | results.failed} - tried - TWINLESS.keys()


def _verdicts(results: Iterable[Result], plan: str) -> set[tuple[str, str]]:
    return {(each.check, each.resource) for each in results if each.plan == plan}
