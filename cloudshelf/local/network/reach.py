"""What a function reaches, and why it reaches nothing else: the rules, routes and endpoints of its VPC, followed."""

import json
from dataclasses import dataclass, field

from cloudshelf.local.network.vpc import ANYWHERE, Listener, Placement, Vpc

HTTPS = 443
EVERY_PORT = (1, 65535)
# What the local cloud answers for, by the first label of the service's host.
SERVED = ("cognito-idp", "dynamodb", "lambda", "s3", "secretsmanager", "ssm")
UNSERVED = ".amazonaws.com"


@dataclass(kw_only=True)
class Reach:
    """`ways` lead from `host:port` to a port of this machine; `refused` tells why one does not.

    `internet` are ranges of ports, first and last.
    """

    ways: dict[str, int] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    internet: list[tuple[int, int]] = field(default_factory=list)
    otherwise: str = ""

    def __contains__(self, host_and_port: str) -> bool:
        return host_and_port in self.ways

    def to_json(self) -> str:
        """As guard.py takes it."""
        return json.dumps(
            {
                "ways": self.ways,
                "refused": self.refused,
                "unserved": UNSERVED,
                "internet": self.internet,
                "otherwise": self.otherwise,
            }
        )


def host_of(service: str, region: str) -> str:
    return f"{service}.{region}.amazonaws.com"


def outside(vpc: Vpc, region: str, services_port: int) -> Reach:
    """Of a function without a VPC: the internet and AWS's services, nothing inside a VPC."""
    reason = "it has no public address, and the function is not in its VPC"
    return Reach(
        ways={f"{host_of(service, region)}:{HTTPS}": services_port for service in SERVED},
        refused={f"{listener.host}:{listener.port}": f"{listener.what}: {reason}" for listener in vpc.listeners},
        internet=[EVERY_PORT],
        otherwise="this address is not on the internet",
    )


def inside(vpc: Vpc, placement: Placement, region: str, services_port: int) -> Reach:
    """Of a function in the VPC."""
    reach = Reach(otherwise="the function is in a VPC, with no route to the internet: no NAT gateway")
    routed = bool(tables := vpc.tables_of(placement)) and tables <= vpc.nat_routes
    if routed:
        reach.otherwise = "no rule of the function's security groups leads there"
        reach.internet = vpc.open_ports(placement, ANYWHERE)
    by_internet = any(first <= HTTPS <= last for first, last in reach.internet)
    for service in SERVED:
        host = host_of(service, region)
        if by_internet or _through_gateway(vpc, placement, service):
            reach.ways[f"{host}:{HTTPS}"] = services_port
        else:
            why = f"neither an endpoint nor a NAT gateway leads to {service} from the function's subnets and groups"
            reach.refused[f"{host}:{HTTPS}"] = why
    for listener in vpc.listeners:
        _add(reach, vpc, placement, listener)
    return reach


def _through_gateway(vpc: Vpc, placement: Placement, service: str) -> bool:
    return any(
        endpoint.service == service
        and vpc.tables_of(placement) <= endpoint.route_tables
        and vpc.lets_out(placement, HTTPS, endpoint.prefix_list, ANYWHERE)
        for endpoint in vpc.gateway_endpoints
    )


def _add(reach: Reach, vpc: Vpc, placement: Placement, listener: Listener) -> None:
    key = f"{listener.host}:{listener.port}"
    if not vpc.lets_out(placement, listener.port, *listener.groups, ANYWHERE):
        reach.refused.setdefault(key, f"no rule of the function's security groups leads out to {listener.what}")
    elif not vpc.lets_in(listener, placement):
        reach.refused[key] = f"no rule of the security groups of {listener.what} lets the function in"
        reach.ways.pop(key, None)
    else:
        reach.ways[key] = listener.local_port
        reach.refused.pop(key, None)
