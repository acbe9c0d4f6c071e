"""AWS WAF: rows 131 to 135."""

from .. import tokens
from ..checks import firewall, watch
from ..control import Control, Presence
from ..mutants import GONE, Flip, Lose
from ..rules import across, each
from ..stack import PHASE2

ACL = tokens.WEB_ACL

ROWS = (
    Control(
        id=131,
        title="Web ACLs block bad addresses, known attacks, SQL injection and who asks too often",
        sources="SH WAF.10; CKV_AWS_175",
        types=(ACL,),
        musts=(PHASE2,),
        presence=Presence.EXPECTED,
        checks=(each(ACL, firewall.armed),),
        mutants=(
            Flip(type=ACL, path="rules.1", value=GONE),
            Flip(type=ACL, path="rules.3.overrideAction", value={"count": {}}),
            Flip(type=ACL, path="rules.1.priority", value=0),
            Flip(type=ACL, path="rules", value=[]),
        ),
    ),
    Control(
        id=132,
        title="The rule against Log4j's hole is on",
        sources="CKV_AWS_192, CKV2_AWS_47, CKV2_AWS_77",
        types=(ACL,),
        musts=(PHASE2,),
        checks=(each(ACL, firewall.log4j_blocked),),
        mutants=(
            Flip(
                type=ACL,
                path="rules.2.statement.managedRuleGroupStatement.ruleActionOverrides",
                value=[{"name": "Log4JRCE_BODY", "actionToUse": {"count": {}}}],
            ),
            Flip(type=ACL, path="rules.2", value=GONE),
        ),
    ),
    Control(
        id=133,
        title="What a web ACL does is logged, without tokens and cookies",
        sources="SH WAF.11; CKV2_AWS_31, CKV_AWS_176",
        types=(ACL,),
        musts=(PHASE2,),
        checks=(across(watch.firewall_logged),),
        mutants=(
            Lose(type=tokens.WEB_ACL_LOGGING),
            Flip(type=tokens.WEB_ACL_LOGGING, path="redactedFields", value=GONE),
            Flip(type=tokens.WEB_ACL_LOGGING, path="logDestinationConfigs", value=["arn:aws:logs:us-east-1:1:other"]),
        ),
    ),
    Control(
        id=134,
        title="Every rule is counted",
        sources="SH WAF.12",
        types=(ACL,),
        musts=(PHASE2,),
        checks=(each(ACL, firewall.counted),),
        mutants=(
            Flip(type=ACL, path="visibilityConfig.cloudwatchMetricsEnabled", value=False),
            Flip(type=ACL, path="rules.0.visibilityConfig.cloudwatchMetricsEnabled", value=False),
        ),
    ),
    Control(
        id=135,
        title="Orders have a lower limit than browsing",
        sources="OWASP API4, API6",
        types=(ACL,),
        musts=(PHASE2,),
        checks=(each(ACL, firewall.orders_limited),),
        mutants=(Flip(type=ACL, path="rules.7.statement.rateBasedStatement.limit", value=1_000_000_000),),
    ),
)
