"""Who may open a connection to whom inside a VPC, as security groups have it."""

from cloudshelf.graph import Graph
from cloudshelf.graph.model import Node
from cloudshelf.guides.table import table

GROUP = "aws:ec2/securityGroup:SecurityGroup"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
OWN, OTHER = "securityGroupId", "referencedSecurityGroupId"


def ways(graph: Graph) -> str:
    """A row for each rule that lets something out, and whether one lets it in at the other end."""
    admitted = {
        (_group(rule, OTHER), _group(rule, OWN), rule.inputs["fromPort"]) for rule in graph.of(INGRESS).values()
    }
    rows = []
    for rule in graph.of(EGRESS).values():
        caller, callee, port = _group(rule, OWN), _group(rule, OTHER), rule.inputs["fromPort"]
        ends = "both ends" if (caller, callee, port) in admitted else "one end: the other has no group"
        rows.append([caller, callee or _elsewhere(rule), str(port), str(rule.inputs["description"]), ends])
    return table(["from", "to", "port", "for", "declared on"], sorted(rows))


def _group(rule: Node, name: str) -> str:
    """The name of the group that a property of a rule was made from, nothing where it was made from none."""
    urns = [urn for urn in rule.property_dependencies.get(name, []) if f"{GROUP}::" in urn]
    return urns[0].rpartition("::")[2].removesuffix("-group") if urns else ""


def _elsewhere(rule: Node) -> str:
    return "DynamoDB's addresses" if "prefixListId" in rule.inputs else str(rule.inputs["cidrIpv4"])
