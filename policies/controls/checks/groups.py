"""Security groups: who reaches whom."""

from collections.abc import Iterator

from .. import tokens
from ..control import Violation, violation
from ..rules import alone
from ..stack import ENHANCED, Resource, Stack

WORLD = ("0.0.0.0/0", "::/0")
DEFAULT_DESCRIPTION = "Managed by Pulumi"
POSTGRES = 5432
MEMBERS = (
    (tokens.FUNCTION, "vpcConfig"),
    (tokens.DATABASE, "vpcSecurityGroupIds"),
    (tokens.DATABASE_PROXY, "vpcSecurityGroupIds"),
    (tokens.ENDPOINT, "securityGroupIds"),
)


@alone
def from_nowhere(rule: Resource) -> Iterator[str]:
    if rule.get("cidrIpv4") in WORLD or rule.get("cidrIpv6") in WORLD:
        yield "it admits the whole internet: name a security group"
    if rule.get("type") != "egress":
        blocks = [*rule.items("cidrBlocks"), *rule.items("ipv6CidrBlocks")]
        if any(block in WORLD for block in blocks):
            yield "it admits the whole internet: name a security group"


@alone
def rules_apart(group: Resource) -> Iterator[str]:
    """Rules in the group itself and beside it undo each other."""
    if group.items("ingress") or group.items("egress"):
        yield "it has rules of its own: declare them as SecurityGroupIngressRule and SecurityGroupEgressRule"


@alone
def bounded(rule: Resource) -> Iterator[str]:
    if rule.get("ipProtocol") == "-1":
        yield "it lets out every protocol: name one and its port"
    if rule.get("cidrIpv4") in WORLD or rule.get("cidrIpv6") in WORLD:
        yield "it lets out to the whole internet: name a security group or a prefix list"


@alone
def described(resource: Resource) -> Iterator[str]:
    if resource.get("description") in (None, "", DEFAULT_DESCRIPTION):
        yield "description is not set: say what it is for"


def databases_admit_postgres(stack: Stack) -> Iterator[Violation]:
    """The database's group: 5432 in, from security groups of this stack, and nothing out."""
    for database in stack.of(tokens.DATABASE):
        for group in stack.sources(database, "vpcSecurityGroupIds", tokens.SECURITY_GROUP):
            for rule in stack.users(group, tokens.EGRESS_RULE, "securityGroupId"):
                yield violation(rule, "a database calls nobody: remove it")
            admitted = stack.users(group, tokens.INGRESS_RULE, "securityGroupId")
            callers = _groups_of_functions(stack)
            if not admitted or (stack.phase == ENHANCED and len(admitted) > callers):
                yield violation(group, f"{len(admitted)} rules admit to it for {callers} groups that functions are in")
            for rule in admitted:
                by_group = stack.sources(rule, "referencedSecurityGroupId", tokens.SECURITY_GROUP)
                if not by_group or (rule.get("fromPort"), rule.get("toPort")) != (POSTGRES, POSTGRES):
                    yield violation(rule, f"it admits more than a group of this stack to port {POSTGRES}")


def _groups_of_functions(stack: Stack) -> int:
    functions = stack.of(tokens.FUNCTION)
    return len({g.urn for each in functions for g in stack.sources(each, "vpcConfig", tokens.SECURITY_GROUP)})


def attached(stack: Stack) -> Iterator[Violation]:
    used = {
        group.urn
        for type_, prop in MEMBERS
        for member in stack.of(type_)
        for group in stack.sources(member, prop, tokens.SECURITY_GROUP)
    }
    for group in stack.of(tokens.SECURITY_GROUP):
        if group.urn not in used:
            yield violation(group, "nothing is in it: remove it")
