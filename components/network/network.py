"""A network of the stack's own: two zones with public, private and database subnets."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

import pulumi
import pulumi_aws as aws

from components.network import acls
from components.network.addresses import ZONES, plan
from components.network.addresses import Tier as AddressTier
from components.network.interface_endpoints import InterfaceEndpoints, InterfaceEndpointsArgs
from components.network.placement import Placement
from components.network.security_group import SecurityGroup, SecurityGroupArgs
from components.network.tier import Tier, TierArgs
from components.network.zones import choose


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """`nat_gateways` 0 leaves functions without the internet, 1 serves both zones, 2 has one in each.

    `interface_endpoints` are AWS services, such as ssm, that get an address in the private subnets.
    """

    prefix: str
    region: str
    cidr: IPv4Network
    nat_gateways: int
    interface_endpoints: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.nat_gateways not in range(ZONES + 1):
            raise ValueError(f"{self.nat_gateways} NAT gateways: there can be 0 to {ZONES}, one in each zone")


class Network(pulumi.ComponentResource):
    """Only NAT gateways have public addresses. Routes and rules are resources of their own, so that each is seen."""

    vpc_id: pulumi.Output[str]
    private_route_table_ids: list[pulumi.Output[str]]

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:network:Network", name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        vpc = aws.ec2.Vpc(
            f"{name}-vpc",
            cidr_block=str(args.cidr),
            # Interface endpoints answer under AWS's own names only with both.
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags={"Name": args.prefix},
            opts=self._child,
        )
        self.vpc_id = vpc.id
        # What is in no group of its own would get this one: it lets nothing through.
        aws.ec2.DefaultSecurityGroup(f"{name}-default-group", vpc_id=vpc.id, ingress=[], egress=[], opts=self._child)
        self._tiers()
        self._routes()
        self._endpoints = InterfaceEndpoints(
            "endpoints",
            InterfaceEndpointsArgs(
                region=args.region,
                vpc_id=vpc.id,
                subnet_ids=self._private.subnet_ids,
                services=args.interface_endpoints,
                security_group=self.security_group("endpoints", "AWS services inside the network"),
            ),
            self._child,
        )
        self.register_outputs({"vpc_id": self.vpc_id})

    @property
    def private_acl_id(self) -> pulumi.Output[str]:
        return self._private.acl_id

    @property
    def private_cidr(self) -> str:
        return str(plan(self._args.cidr).private.cidr)

    @property
    def database_subnet_ids(self) -> list[pulumi.Output[str]]:
        return self._database.subnet_ids

    def security_group(self, name: str, description: str) -> SecurityGroup:
        args = SecurityGroupArgs(prefix=self._args.prefix, vpc_id=self.vpc_id, description=description)
        return SecurityGroup(name, args, self._child)

    def place(self, name: str, description: str) -> Placement:
        """Room for a function in the private subnets, in a security group of its own."""
        return Placement(subnet_ids=self._private.subnet_ids, security_group=self.security_group(name, description))

    def reach_service(self, caller: SecurityGroup, service: str) -> None:
        """Lets `caller` open HTTPS connections to an AWS service: its endpoint here, or else through a NAT gateway."""
        if service in self._args.interface_endpoints:
            self._endpoints.admit(caller)
        elif self._args.nat_gateways:
            caller.reach_internet(f"{service}, which has no endpoint in the network")
        else:
            raise ValueError(f"{service}: the network has neither an endpoint for it nor a NAT gateway")

    def _tiers(self) -> None:
        args, addresses = self._args, plan(self._args.cidr)
        found = aws.get_availability_zones_output(
            state="available",
            # Local and opt-in zones offer neither RDS nor Lambda.
            filters=[{"name": "opt-in-status", "values": ["opt-in-not-required"]}],
            opts=pulumi.InvokeOptions(parent=self),
        )
        zones = found.apply(lambda z: choose(dict(zip(z.zone_ids, z.names, strict=True)), args.region))

        def tier(name: str, tier_addresses: AddressTier, rules: Sequence[acls.AclRule]) -> Tier:
            return Tier(
                name,
                TierArgs(
                    prefix=args.prefix,
                    vpc_id=self.vpc_id,
                    zones=[zones[number] for number in range(ZONES)],
                    addresses=tier_addresses,
                    acl_rules=rules,
                ),
                self._child,
            )

        self._public = tier("public", addresses.public, acls.public(addresses))
        self._private = tier("private", addresses.private, acls.private(addresses))
        self._database = tier("database", addresses.database, acls.database(addresses))

    def _routes(self) -> None:
        internet = aws.ec2.InternetGateway(f"{self._name}-internet", vpc_id=self.vpc_id, opts=self._child)
        public = self._public.route_table(self.vpc_id, 1, self._public.subnets)
        to_internet = self._default_route("public-1", public, gateway_id=internet.id)
        self._database.route_table(self.vpc_id, 1, self._database.subnets)
        self.private_route_table_ids = [
            self._private.route_table(self.vpc_id, number, [subnet])
            for number, subnet in enumerate(self._private.subnets, 1)
        ]
        gateways = [self._nat_gateway(number, to_internet) for number in range(self._args.nat_gateways)]
        for number, table in enumerate(self.private_route_table_ids if gateways else []):
            self._default_route(f"private-{number + 1}", table, nat_gateway_id=gateways[number % len(gateways)].id)

    def _nat_gateway(self, number: int, to_internet: aws.ec2.Route) -> aws.ec2.NatGateway:
        name = f"{self._name}-nat-{number + 1}"
        address = aws.ec2.Eip(f"{name}-address", domain="vpc", opts=self._child)
        return aws.ec2.NatGateway(
            name,
            allocation_id=address.allocation_id,
            subnet_id=self._public.subnets[number].id,
            tags={"Name": f"{self._args.prefix}-{number + 1}"},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[to_internet]),
        )

    def _default_route(
        self,
        name: str,
        table: pulumi.Input[str],
        *,
        gateway_id: pulumi.Input[str] | None = None,
        nat_gateway_id: pulumi.Input[str] | None = None,
    ) -> aws.ec2.Route:
        return aws.ec2.Route(
            f"{self._name}-{name}-default",
            route_table_id=table,
            destination_cidr_block=str(acls.ANYWHERE),
            gateway_id=gateway_id,
            nat_gateway_id=nat_gateway_id,
            opts=self._child,
        )
