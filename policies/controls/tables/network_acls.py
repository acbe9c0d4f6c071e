"""Network ACLs: rows 101 to 103."""

from .. import tokens
from ..checks import acls
from ..control import Control, Presence
from ..mutants import Flip, Lose
from ..rules import across, each, given, made_from, value
from ..stack import ENHANCED, PHASE2

RELATIONAL = (ENHANCED, PHASE2)
ADOPTED = (tokens.DEFAULT_VPC, tokens.DEFAULT_SUBNET, tokens.DEFAULT_ROUTES, tokens.DEFAULT_ACL)

ROWS = (
    Control(
        id=101,
        title="Network ACLs let answers back in and no stranger log in",
        sources="CKV_AWS_352, CKV_AWS_229, CKV_AWS_230, CKV_AWS_231, CKV_AWS_232; SH EC2.21; TRV AWS-0102; CIS5 5.2",
        types=(tokens.NETWORK_ACL,),
        musts=(PHASE2,),
        presence=Presence.EXPECTED,
        checks=(across(acls.answers_only),),
        mutants=(
            Flip(type=tokens.NETWORK_ACL_RULE, name="private-acl-in-110", path="fromPort", value=22),
            Flip(type=tokens.NETWORK_ACL_RULE, name="public-acl-in-90", path="ruleAction", value="allow"),
            Flip(type=tokens.NETWORK_ACL_RULE, name="database-acl-in-100", path="cidrBlock", value="0.0.0.0/0"),
            Lose(type=tokens.NETWORK_ACL_RULE, name="private-acl-in-110"),
        ),
    ),
    Control(
        id=102,
        title="Every network ACL stands before subnets",
        sources="CKV2_AWS_1; SH EC2.16",
        types=(tokens.NETWORK_ACL,),
        musts=(PHASE2,),
        checks=(each(tokens.NETWORK_ACL, given("subnetIds"), made_from("subnetIds", tokens.SUBNET)),),
        mutants=(Flip(type=tokens.NETWORK_ACL, path="subnetIds", value=[]),),
    ),
    Control(
        id=103,
        title="Network ACLs are few rules, which somebody can hold in their head",
        sources="NAG VPC3",
        types=(tokens.NETWORK_ACL,),
        musts=(PHASE2,),
        checks=(
            across(acls.few_rules),
            each(
                tokens.NETWORK_ACL, *(value(way, lambda found: not found, "nothing") for way in ("ingress", "egress"))
            ),
        ),
        mutants=(Flip(type=tokens.NETWORK_ACL, path="ingress", value=[{"action": "allow"}]),),
    ),
)
