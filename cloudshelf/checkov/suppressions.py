"""What checkov finds and this project does not mend, and why. A finding that is not listed fails `make checkov`."""

import re
from dataclasses import dataclass

from cloudshelf.checkov.runner import Result

P1, E, P2, FULL = "phase1", "enhanced", "phase2", "full"
# While a shop moves: out of phase1, into the others; on, out of enhanced into phase2.
MOVING, ON = " moving", " on"
EARLY, EVERY = (P1, E), (P1, E, P2, FULL)


def _plans(name: str) -> tuple[str, str, str]:
    """What is said of a phase and of moving into it is meant of a stack that does."""
    phase, moving, _ = name.partition(MOVING)
    return phase, phase + moving, name


@dataclass(frozen=True, kw_only=True)
class Suppression:
    """`resources` is a pattern that the whole address has to fit."""

    check: str
    plans: tuple[str, ...]
    resources: str = ".*"
    reason: str

    def covers(self, found: Result) -> bool:
        known = found.check == self.check and {*_plans(found.plan)} & {*self.plans}
        return bool(known) and re.fullmatch(self.resources, found.resource) is not None


def _because(reason: str, plans: tuple[str, ...], *checks: str, resources: str = ".*") -> tuple[Suppression, ...]:
    return tuple(Suppression(check=each, plans=plans, resources=resources, reason=reason) for each in checks)


OWN_KEYS = "A customer-managed key costs a dollar a month; phase1 and enhanced use AWS's own, as the design says."
TRACES = "Traces cost money for each request; they begin with phase2."
EARLY_EDGE = "A web ACL, its rules and access logs cost money each month; they begin with phase2."
OWN_DOMAIN = "Without a domain of its own CloudFront has its own certificate only: control table, row 20."
COUNTRIES = "Where a shop sells is its owner's to say, in phase2 by allowedCountries: control table, row 26."
CAPACITY = "A new account runs ten functions at once and reserves none of them: control table, row 48."

SUPPRESSIONS = (
    *_because(OWN_KEYS, EARLY, "CKV_AWS_26", "CKV_AWS_119", "CKV_AWS_158", "CKV_AWS_173"),
    *_because(TRACES, EARLY, "CKV_AWS_50", "CKV_AWS_73"),
    *_because(OWN_KEYS, (E + MOVING,), "CKV_AWS_145", resources=r"aws_s3_bucket\.exports-bucket"),
    *_because(TRACES, (E + MOVING,), "CKV_AWS_284"),
    *_because(
        "It wants what a run was given and gave in the log, too: that can be about people.",
        (E + MOVING, P2 + MOVING),
        "CKV_AWS_285",
    ),
    *_because("What the clock tells the function is the name of a step.", (P2 + MOVING + ON,), "CKV_AWS_297"),
    *_because(EARLY_EDGE, EARLY, "CKV_AWS_18", "CKV_AWS_68", "CKV2_AWS_29", "CKV2_AWS_47"),
    *_because(OWN_DOMAIN, (P1, E, P2), "CKV_AWS_174", "CKV2_AWS_42"),
    *_because(COUNTRIES, (P1, E, P2), "CKV_AWS_374"),
    *_because(CAPACITY, (P1, E, P2), "CKV_AWS_115"),
    *_because(
        "Sessions and the schema function open no connection that has to be bounded.",
        (FULL,),
        "CKV_AWS_115",
        resources=r"aws_lambda_function\.(schema|sessions)-function",
    ),
    *_because(
        "API Gateway waits for these functions, and so does Pulumi for the schema's: a dead-letter queue never "
        "receives anything.",
        EVERY,
        "CKV_AWS_116",
    ),
    *_because("phase1 has no network.", (P1,), "CKV_AWS_117"),
    *_because(
        "In the default VPC they would reach neither DynamoDB, nor Secrets Manager, nor another function; they need no "
        "PostgreSQL.",
        (E,),
        "CKV_AWS_117",
        resources=r"aws_lambda_function\.(carts|rollout|sessions)-function",
    ),
    *_because(
        "The database of a bridge that costs under 30 dollars: enhanced monitoring, a standby and insights come with "
        "phase2.",
        (E,),
        "CKV_AWS_118",
        "CKV_AWS_157",
        "CKV_AWS_353",
    ),
    *_because(
        "A replica is a copy in another zone already; AWS makes no standby of it unless asked, and pays none.",
        (FULL,),
        "CKV_AWS_157",
        resources=r"aws_db_instance\.replica-instance",
    ),
    *_because(
        "A cache costs money for each hour; answers that are everybody's are kept by browsers and by CloudFront.",
        (P1, E, P2),
        "CKV_AWS_120",
        "CKV_AWS_225",
    ),
    *_because(
        "Only answers that are everybody's are cached: other operations have caching off.",
        (FULL,),
        "CKV_AWS_225",
        resources=r"aws_api_gateway_method_settings\.rest-settings",
    ),
    *_because(
        "One region: the site's files come from the repository at each deployment, and a trail is not what brings a "
        "shop back.",
        EVERY,
        "CKV_AWS_144",
    ),
    *_because(
        "CloudFront reads public files from it; S3's own encryption is on.",
        EVERY,
        "CKV_AWS_145",
        resources=r"aws_s3_bucket\.site-bucket",
    ),
    *_because(
        "S3 delivers access logs to buckets with its own encryption only: control table, row 35.",
        (P2, FULL),
        "CKV_AWS_145",
        resources=r"aws_s3_bucket\.logs-bucket",
    ),
    *_because("Nothing happens when a file is written: nobody would listen.", EVERY, "CKV2_AWS_62"),
    *_because(
        "It knows legacy logging only. Standard logging v2 is on: control table, row 25; before phase2 it would cost "
        "money each month.",
        EVERY,
        "CKV_AWS_86",
    ),
    *_because("One region, whose bucket CloudFront can do without for a while: it caches.", EVERY, "CKV_AWS_310"),
    *_because(
        "Preloading binds every host of a domain to HTTPS for good; that is the domain's owner's to say.",
        EVERY,
        "CKV_AWS_259",
    ),
    *_because("Methods call functions by IAM, no server over HTTP: control table, row 14.", EVERY, "CKV2_AWS_51"),
    *_because("Code is built from the repository by whoever deploys; nobody else signs it.", EVERY, "CKV_AWS_272"),
    *_because("Sessions live for a day.", (E, P2, FULL), "CKV_AWS_28", resources=r"aws_dynamodb_table\.sessions-table"),
    *_because(
        "Creating a network interface knows no resource; a Deny keeps the function's own code from doing it: control "
        "table, row 105.",
        (E, P2, FULL),
        "CKV_AWS_290",
        resources=r"aws_iam_role_policy\.[a-z]+-policy",
    ),
    *_because(
        "Logs that prove things are kept for a year, others as long as logRetentionDays says: control table, row 144.",
        EVERY,
        "CKV_AWS_338",
    ),
    *_because(
        "Rule 90 denies the port before this one allows answers back in; checkov looks at one rule at a time: control "
        "table, row 101.",
        (P2, FULL),
        "CKV_AWS_231",
        resources=r"aws_network_acl_rule\.(public|private)-acl-in-110",
    ),
    *_because("One account; an organization's administrator is not this stack's to name.", (P2, FULL), "CKV2_AWS_3"),
    *_because(
        "The rules against Log4j are on (control table, row 132); the anonymous-address list it wants beside them "
        "would lock out shoppers behind a VPN.",
        (P2, FULL),
        "CKV2_AWS_47",
        "CKV2_AWS_77",
    ),
    *_because(
        "Nobody would read a message for each file; the trail's log is in CloudWatch too: control table, row 124.",
        (P2, FULL),
        "CKV_AWS_252",
    ),
    *_because(
        "RDS Proxy is in it; checkov does not know that a proxy can be.",
        (FULL,),
        "CKV2_AWS_5",
        resources=r"aws_security_group\.proxy-group",
    ),
)
