"""Security groups: rows 91 to 95."""

from datetime import date

from .. import tokens
from ..checks import groups
from ..control import Control, Waiver
from ..mutants import GONE, First, Flip, Insert
from ..rules import across, each
from ..stack import ENHANCED, PHASE2, PHASES

RELATIONAL = (ENHANCED, PHASE2)
DATABASE_RULE = "to-rds"

ROWS = (
    Control(
        id=91,
        title="No security group admits the internet",
        sources="SH EC2.13, EC2.14, EC2.18, EC2.19; CKV_AWS_24, CKV_AWS_25, CKV_AWS_260, CKV_AWS_277; NAG EC23",
        types=(tokens.SECURITY_GROUP, tokens.INGRESS_RULE, tokens.SECURITY_GROUP_RULE),
        musts=PHASES,
        checks=(
            each((tokens.INGRESS_RULE, tokens.SECURITY_GROUP_RULE), groups.from_nowhere),
            each(tokens.SECURITY_GROUP, groups.rules_apart),
        ),
        mutants=(
            Insert(type=tokens.INGRESS_RULE, props={"cidrIpv4": "0.0.0.0/0", "ipProtocol": "tcp"}),
            Insert(type=tokens.INGRESS_RULE, props={"cidrIpv6": "::/0", "ipProtocol": "tcp"}),
            Insert(type=tokens.SECURITY_GROUP_RULE, props={"type": "ingress", "cidrBlocks": ["0.0.0.0/0"]}),
            Insert(type=tokens.SECURITY_GROUP, props={"ingress": [{"cidrBlocks": ["0.0.0.0/0"]}]}),
        ),
    ),
    Control(
        id=92,
        title="Functions reach the database on 5432, nobody else does, and it calls nobody",
        sources="CloudShelf: design",
        types=(tokens.DATABASE,),
        musts=RELATIONAL,
        checks=(across(groups.databases_admit_postgres),),
        mutants=(
            Flip(type=tokens.INGRESS_RULE, name=DATABASE_RULE, path="fromPort", value=0),
            Flip(type=tokens.INGRESS_RULE, name=DATABASE_RULE, path="referencedSecurityGroupId", value=GONE),
            Insert(type=tokens.EGRESS_RULE, sources={"securityGroupId": First(tokens.SECURITY_GROUP, "rds")}),
        ),
    ),
    Control(
        id=93,
        title="What leaves the network has an address to go to",
        sources="CKV_AWS_382; TRV AWS-0104",
        types=(tokens.EGRESS_RULE,),
        musts=RELATIONAL,
        checks=(each(tokens.EGRESS_RULE, groups.bounded),),
        mutants=(
            Flip(type=tokens.EGRESS_RULE, path="ipProtocol", value="-1"),
            Flip(type=tokens.EGRESS_RULE, path="cidrIpv4", value="0.0.0.0/0"),
        ),
        waivers=(
            Waiver(
                phases=(PHASE2,),
                about="authorizer-to-internet-out",
                reason="Cognito publishes the keys of its tokens on the internet. An interface endpoint costs more "
                "than the NAT gateway's traffic: phase2 passes with cognito-idp among interfaceEndpoints.",
                until=date(2027, 6, 30),
            ),
        ),
    ),
    Control(
        id=94,
        title="Every security group and every rule says what it is for",
        sources="CKV_AWS_23; NAG EC27; TRV AWS-0099, AWS-0124",
        types=(tokens.SECURITY_GROUP, tokens.INGRESS_RULE, tokens.EGRESS_RULE),
        musts=RELATIONAL,
        checks=(each((tokens.SECURITY_GROUP, tokens.INGRESS_RULE, tokens.EGRESS_RULE), groups.described),),
        mutants=(
            Flip(type=tokens.SECURITY_GROUP, path="description", value="Managed by Pulumi"),
            Flip(type=tokens.INGRESS_RULE, path="description", value=GONE),
        ),
    ),
    Control(
        id=95,
        title="Every security group has something in it",
        sources="CKV2_AWS_5",
        types=(tokens.SECURITY_GROUP,),
        musts=RELATIONAL,
        checks=(across(groups.attached),),
        mutants=(Insert(type=tokens.SECURITY_GROUP),),
    ),
)
