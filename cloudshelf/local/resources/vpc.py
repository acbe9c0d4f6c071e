"""VPCs: what security groups, routes and endpoints say is what a function's sockets reach."""

import json
import secrets
from typing import TYPE_CHECKING

from cloudshelf.local.network.reach import HTTPS, SERVED, host_of
from cloudshelf.local.network.vpc import ANYWHERE, GatewayEndpoint, Listener, Rule
from cloudshelf.local.resources.registry import REGISTRY, Fidelity, Inputs, Made

if TYPE_CHECKING:
    from cloudshelf.local.world import World

REACH_NOTE = (
    "a function in a VPC reaches what groups, routes and endpoints lead to; any other connection of Python's sockets "
    "fails at once, where on AWS it would hang until its time-out. Policies of gateway endpoints are enforced"
)
PEERING_NOTE = (
    "databases of the account's other stacks are there, for whom groups let through; routes are not looked at"
)
EVERY_PROTOCOL = "-1"


@REGISTRY.make(Fidelity.ENFORCED, "aws:ec2/securityGroup:SecurityGroup", REACH_NOTE)
def security_group(world: "World", name: str, inputs: Inputs) -> Made:
    if inputs.get("ingress") or inputs.get("egress"):
        raise ValueError(f"{name}: the local network reads rules that are resources of their own, not a group's own")
    group = f"sg-{secrets.token_hex(8)}"
    physical = inputs.get("name") or f"{inputs.get('namePrefix', name)}{secrets.token_hex(4)}"
    return group, {"name": physical, "arn": world.arn("ec2", f"security-group/{group}")}


@REGISTRY.make(Fidelity.ENFORCED, "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", REACH_NOTE)
def egress_rule(world: "World", name: str, inputs: Inputs) -> Made:
    return _rule(world, name, inputs, egress=True)


@REGISTRY.make(Fidelity.ENFORCED, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", REACH_NOTE)
def ingress_rule(world: "World", name: str, inputs: Inputs) -> Made:
    return _rule(world, name, inputs, egress=False)


def _rule(world: "World", name: str, inputs: Inputs, *, egress: bool) -> Made:
    peers = [inputs[key] for key in ("referencedSecurityGroupId", "prefixListId", "cidrIpv4") if inputs.get(key)]
    protocol = inputs["ipProtocol"]
    if len(peers) != 1 or protocol not in ("tcp", EVERY_PROTOCOL):
        raise ValueError(f"{name}: the local network reads rules for TCP with one group, prefix list or IPv4 range")
    every = protocol == EVERY_PROTOCOL
    rule = Rule(
        group=inputs["securityGroupId"],
        egress=egress,
        peer=peers[0],
        first_port=1 if every else int(inputs["fromPort"]),
        last_port=65535 if every else int(inputs["toPort"]),
    )
    world.vpc.add(lambda vpc: vpc.rules.append(rule))
    return f"sgr-{secrets.token_hex(8)}", {}


@REGISTRY.make(Fidelity.ENFORCED, "aws:ec2/vpcEndpoint:VpcEndpoint", REACH_NOTE)
def vpc_endpoint(world: "World", name: str, inputs: Inputs) -> Made:
    service = str(inputs["serviceName"]).rpartition(".")[2]
    if inputs.get("vpcEndpointType", "Gateway") == "Gateway":
        policy = json.loads(inputs["policy"]) if inputs.get("policy") else None
        prefix_list = f"pl-{service}"
        endpoint = GatewayEndpoint(
            service=service, prefix_list=prefix_list, route_tables=frozenset(inputs["routeTableIds"]), policy=policy
        )
        world.vpc.add(lambda vpc: vpc.gateway_endpoints.append(endpoint))
        return f"vpce-{secrets.token_hex(8)}", {"prefixListId": prefix_list}
    if service in SERVED:
        listener = Listener(
            what=f"the endpoint of {service}",
            host=host_of(service, world.region),
            port=HTTPS,
            groups=frozenset(inputs["securityGroupIds"]),
            local_port=world.apis_port,
        )
        world.vpc.add(lambda vpc: vpc.listeners.append(listener))
    return f"vpce-{secrets.token_hex(8)}", {"dnsEntries": []}


@REGISTRY.make(Fidelity.ENFORCED, "aws:ec2/routeTableAssociation:RouteTableAssociation", REACH_NOTE)
def route_table_association(world: "World", name: str, inputs: Inputs) -> Made:
    world.vpc.add(lambda vpc: vpc.route_tables.update({inputs["subnetId"]: inputs["routeTableId"]}))
    return f"rtbassoc-{secrets.token_hex(8)}", {}


@REGISTRY.make(Fidelity.ENFORCED, "aws:ec2/route:Route", REACH_NOTE)
def route(world: "World", name: str, inputs: Inputs) -> Made:
    if inputs.get("natGatewayId") and inputs.get("destinationCidrBlock") == ANYWHERE:
        world.vpc.add(lambda vpc: vpc.nat_routes.add(inputs["routeTableId"]))
    return f"r-{inputs['routeTableId']}", {}


@REGISTRY.make(Fidelity.ENFORCED, "aws:ec2/routeTable:RouteTable", REACH_NOTE)
def route_table(world: "World", name: str, inputs: Inputs) -> Made:
    return f"rtb-{secrets.token_hex(8)}", {}


@REGISTRY.make(Fidelity.ENFORCED, "aws:ec2/vpcPeeringConnection:VpcPeeringConnection", PEERING_NOTE)
def peering(world: "World", name: str, inputs: Inputs) -> Made:
    own = {listener.host for listener in world.vpc.listeners}
    others = [each.listener for each in world.aws.instances.values() if each.listener.host not in own]
    world.vpc.add(lambda vpc: vpc.listeners.extend(others))
    return f"pcx-{secrets.token_hex(8)}", {"acceptStatus": "active"}


@REGISTRY.make(Fidelity.NO_EFFECT, "aws:ec2/eip:Eip", "no address is needed here")
def elastic_ip(world: "World", name: str, inputs: Inputs) -> Made:
    allocation = f"eipalloc-{secrets.token_hex(8)}"
    return allocation, {"allocationId": allocation, "publicIp": "203.0.113.1"}


REGISTRY.no_effect(
    "a function's reach is told by groups and routes; network ACLs and addresses are looked at by the tests alone",
    "awsx:ec2:DefaultVpc",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    "aws:ec2/internetGateway:InternetGateway",
    "aws:ec2/natGateway:NatGateway",
    "aws:ec2/networkAcl:NetworkAcl",
    "aws:ec2/networkAclRule:NetworkAclRule",
    "aws:ec2/subnet:Subnet",
    "aws:ec2/vpc:Vpc",
)
