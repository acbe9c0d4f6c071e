"""VPCs: what security groups, routes and endpoints say is what a function's sockets reach."""

import json
import secrets
from typing import TYPE_CHECKING, Any

from cloudshelf.local.network.reach import HTTPS, SERVED, host_of
from cloudshelf.local.network.vpc import ANYWHERE, GatewayEndpoint, Listener, Rule, Vpc
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
    rule = _read(name, inputs, egress=egress)
    world.vpc.add(lambda vpc: vpc.rules.append(rule))
    return f"sgr-{secrets.token_hex(8)}", {}


@REGISTRY.remove("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", remade=True)
def remove_egress_rule(world: "World", identity: str, inputs: Inputs) -> None:
    world.vpc.add(lambda vpc: vpc.rules.remove(_read(identity, inputs, egress=True)))


@REGISTRY.remove("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", remade=True)
def remove_ingress_rule(world: "World", identity: str, inputs: Inputs) -> None:
    world.vpc.add(lambda vpc: vpc.rules.remove(_read(identity, inputs, egress=False)))


def _read(name: str, inputs: Inputs, *, egress: bool) -> Rule:
    peers = [inputs[key] for key in ("referencedSecurityGroupId", "prefixListId", "cidrIpv4") if inputs.get(key)]
    protocol = inputs["ipProtocol"]
    if len(peers) != 1 or protocol not in ("tcp", EVERY_PROTOCOL):
        raise ValueError(f"{name}: the local network reads rules for TCP with one group, prefix list or IPv4 range")
    every = protocol == EVERY_PROTOCOL
    return Rule(
        group=inputs["securityGroupId"],
        egress=egress,
        peer=peers[0],
        first_port=1 if every else int(inputs["fromPort"]),
        last_port=65535 if every else int(inputs["toPort"]),
    )


@REGISTRY.make(Fidelity.ENFORCED, "aws:ec2/vpcEndpoint:VpcEndpoint", REACH_NOTE)
def vpc_endpoint(world: "World", name: str, inputs: Inputs) -> Made:
    identity = f"vpce-{secrets.token_hex(8)}"
    if inputs.get("vpcEndpointType", "Gateway") == "Gateway":
        endpoint = _gateway(inputs)
        world.vpc.add(lambda vpc: vpc.gateway_endpoints.append(endpoint))
        return identity, {"prefixListId": endpoint.prefix_list}
    if _service(inputs) in SERVED:
        listener = _interface(world, inputs)
        world.vpc.add(lambda vpc: vpc.listeners.append(listener))
    return identity, {"dnsEntries": []}


@REGISTRY.remove("aws:ec2/vpcEndpoint:VpcEndpoint", remade=True)
def remove_vpc_endpoint(world: "World", identity: str, inputs: Inputs) -> None:
    if inputs.get("vpcEndpointType", "Gateway") == "Gateway":
        world.vpc.add(lambda vpc: vpc.gateway_endpoints.remove(_gateway(inputs)))
    elif _service(inputs) in SERVED:
        world.vpc.add(lambda vpc: vpc.listeners.remove(_interface(world, inputs)))


def _service(inputs: Inputs) -> str:
    return str(inputs["serviceName"]).rpartition(".")[2]


def _gateway(inputs: Inputs) -> GatewayEndpoint:
    service = _service(inputs)
    policy = json.loads(inputs["policy"]) if inputs.get("policy") else None
    return GatewayEndpoint(
        service=service, prefix_list=f"pl-{service}", route_tables=frozenset(inputs["routeTableIds"]), policy=policy
    )


def _interface(world: "World", inputs: Inputs) -> Listener:
    service = _service(inputs)
    return Listener(
        what=f"the endpoint of {service}",
        host=host_of(service, world.region),
        port=HTTPS,
        groups=frozenset(inputs["securityGroupIds"]),
        local_port=world.apis_port,
    )


@REGISTRY.make(Fidelity.ENFORCED, "aws:ec2/routeTableAssociation:RouteTableAssociation", REACH_NOTE)
def route_table_association(world: "World", name: str, inputs: Inputs) -> Made:
    world.vpc.add(lambda vpc: vpc.route_tables.update({inputs["subnetId"]: inputs["routeTableId"]}))
    return f"rtbassoc-{secrets.token_hex(8)}", {}


@REGISTRY.change("aws:ec2/routeTableAssociation:RouteTableAssociation")
def change_association(world: "World", identity: str, old: Inputs, new: Inputs) -> dict[str, Any]:
    world.vpc.add(lambda vpc: vpc.route_tables.update({new["subnetId"]: new["routeTableId"]}))
    return {}


@REGISTRY.remove("aws:ec2/routeTableAssociation:RouteTableAssociation")
def remove_association(world: "World", identity: str, inputs: Inputs) -> None:
    def forget(vpc: Vpc) -> None:
        del vpc.route_tables[inputs["subnetId"]]

    world.vpc.add(forget)


@REGISTRY.make(Fidelity.ENFORCED, "aws:ec2/route:Route", REACH_NOTE)
def route(world: "World", name: str, inputs: Inputs) -> Made:
    if _leads_out(inputs):
        world.vpc.add(lambda vpc: vpc.nat_routes.add(inputs["routeTableId"]))
    return f"r-{inputs['routeTableId']}", {}


def _leads_out(inputs: Inputs) -> bool:
    return bool(inputs.get("natGatewayId")) and inputs.get("destinationCidrBlock") == ANYWHERE


@REGISTRY.change("aws:ec2/route:Route")
def change_route(world: "World", identity: str, old: Inputs, new: Inputs) -> dict[str, Any]:
    remove_route(world, identity, old)
    route(world, identity, new)
    return {}


@REGISTRY.remove("aws:ec2/route:Route")
def remove_route(world: "World", identity: str, inputs: Inputs) -> None:
    if _leads_out(inputs):
        world.vpc.add(lambda vpc: vpc.nat_routes.discard(inputs["routeTableId"]))


@REGISTRY.make(Fidelity.ENFORCED, "aws:ec2/routeTable:RouteTable", REACH_NOTE)
def route_table(world: "World", name: str, inputs: Inputs) -> Made:
    return f"rtb-{secrets.token_hex(8)}", {}


@REGISTRY.make(Fidelity.ENFORCED, "aws:ec2/vpcPeeringConnection:VpcPeeringConnection", PEERING_NOTE)
def peering(world: "World", name: str, inputs: Inputs) -> Made:
    own = {listener.host for listener in world.vpc.listeners}
    others = [each.listener for each in world.aws.instances.values() if each.listener.host not in own]
    world.vpc.add(lambda vpc: vpc.listeners.extend(others))
    return f"pcx-{secrets.token_hex(8)}", {"acceptStatus": "active"}


@REGISTRY.change("aws:ec2/vpcPeeringConnection:VpcPeeringConnection")
def change_peering(world: "World", identity: str, old: Inputs, new: Inputs) -> dict[str, Any]:
    """Its tags, and how names are resolved."""
    return {}


@REGISTRY.remove("aws:ec2/vpcPeeringConnection:VpcPeeringConnection")
def remove_peering(world: "World", identity: str, inputs: Inputs) -> None:
    own = world.databases.hosts
    others = {each.listener.host for each in world.aws.instances.values()} - own

    def close(vpc: Vpc) -> None:
        vpc.listeners[:] = [listener for listener in vpc.listeners if listener.host not in others]

    world.vpc.add(close)


@REGISTRY.make(Fidelity.NO_EFFECT, "aws:ec2/eip:Eip", "no address is needed here")
def elastic_ip(world: "World", name: str, inputs: Inputs) -> Made:
    allocation = f"eipalloc-{secrets.token_hex(8)}"
    return allocation, {"allocationId": allocation, "publicIp": "203.0.113.1"}


REGISTRY.keeps_nothing("aws:ec2/securityGroup:SecurityGroup", "aws:ec2/routeTable:RouteTable", "aws:ec2/eip:Eip")
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
