"""The network: rows 89, 90, 96 to 100 and 104."""

from .. import tokens
from ..checks import routes
from ..control import Control, Presence
from ..mutants import GONE, First, Flip, Insert, Lose
from ..rules import across, between, differs, each, equals, made_from, one_of
from ..stack import ENHANCED, PHASE2, PHASES

RELATIONAL = (ENHANCED, PHASE2)
ADOPTED = (tokens.DEFAULT_VPC, tokens.DEFAULT_SUBNET, tokens.DEFAULT_ROUTES, tokens.DEFAULT_ACL)

ROWS = (
    Control(
        id=89,
        title="The default VPC is never adopted",
        sources="CKV_AWS_148; TRV AWS-0101; Pulumi: adopting it removes its rules and routes",
        types=ADOPTED,
        musts=PHASES,
        presence=Presence.FORBIDDEN,
        mutants=tuple(Insert(type=each) for each in ADOPTED),
    ),
    Control(
        id=90,
        title="The default security group of this stack's VPC lets nothing through",
        sources="SH EC2.2; CKV2_AWS_12; TRV AWS-0173; CIS5 5.5",
        types=(tokens.VPC,),
        musts=(PHASE2,),
        presence=Presence.EXPECTED,
        checks=(
            each(tokens.DEFAULT_GROUP, made_from("vpcId", tokens.VPC), equals("ingress", []), equals("egress", [])),
            across(routes.default_group_emptied),
        ),
        mutants=(
            Lose(type=tokens.DEFAULT_GROUP),
            Flip(type=tokens.DEFAULT_GROUP, path="ingress", value=[{"protocol": "-1"}]),
            Flip(type=tokens.DEFAULT_GROUP, path="vpcId", value="vpc-default"),
        ),
    ),
    Control(
        id=96,
        title="Nothing gets a public address by itself, and all but NAT gateways is out of the internet's reach",
        sources="CKV_AWS_130; SH EC2.15; TRV AWS-0164",
        types=(tokens.SUBNET,),
        musts=(PHASE2,),
        presence=Presence.EXPECTED,
        checks=(
            each(tokens.SUBNET, differs("mapPublicIpOnLaunch", True)),
            across(routes.nobody_outside),
        ),
        mutants=(
            Flip(type=tokens.SUBNET, path="mapPublicIpOnLaunch", value=True),
            Insert(
                type=tokens.ROUTE,
                sources={
                    "gatewayId": First(tokens.INTERNET_GATEWAY),
                    "routeTableId": First(tokens.ROUTE_TABLE, "private"),
                },
            ),
        ),
    ),
    Control(
        id=97,
        title="The VPC resolves names, and its subnets lie apart in two zones",
        sources="CloudShelf: design",
        types=(tokens.VPC,),
        musts=(PHASE2,),
        checks=(
            each(tokens.VPC, equals("enableDnsSupport", True), equals("enableDnsHostnames", True)),
            across(routes.planned),
        ),
        mutants=(
            Flip(type=tokens.VPC, path="enableDnsHostnames", value=False),
            Flip(type=tokens.SUBNET, path="cidrBlock", value="10.0.0.0/17"),
            Flip(type=tokens.SUBNET, path="cidrBlock", value="192.168.0.0/24"),
            Flip(type=tokens.SUBNET, name="public-subnet-2", path="availabilityZone", value="us-east-1a"),
        ),
    ),
    Control(
        id=98,
        title="NAT gateways are in public subnets",
        sources="CKV2_AWS_35",
        types=(tokens.NAT_GATEWAY,),
        musts=(PHASE2,),
        checks=(each(tokens.NAT_GATEWAY, routes.in_an_open_subnet),),
        mutants=(
            Flip(type=tokens.NAT_GATEWAY, path="subnetId", value="subnet-1"),
            Flip(type=tokens.NAT_GATEWAY, path="connectivityType", value="private"),
        ),
    ),
    Control(
        id=99,
        title="Who spoke to whom in the network is on record",
        sources="SH EC2.6; CKV2_AWS_11; NAG VPC7; TRV AWS-0178; CIS5 3.7",
        types=(tokens.FLOW_LOG,),
        musts=(PHASE2,),
        presence=Presence.EXPECTED,
        checks=(
            each(
                tokens.FLOW_LOG,
                one_of("trafficType", ("ALL", "REJECT")),
                between("maxAggregationInterval", 60, 60),
                made_from("vpcId", tokens.VPC),
                made_from("logDestination", tokens.LOG_GROUP, tokens.BUCKET),
            ),
        ),
        mutants=(
            Lose(type=tokens.FLOW_LOG),
            Flip(type=tokens.FLOW_LOG, path="trafficType", value="ACCEPT"),
            Flip(type=tokens.FLOW_LOG, path="maxAggregationInterval", value=600),
        ),
    ),
    Control(
        id=100,
        title="AWS services are reached without the internet, from an own VPC DynamoDB for this stack's tables only",
        sources="CIS7 6.8; SH EC2.10; AWS WKLD.12",
        types=(tokens.ENDPOINT,),
        musts=RELATIONAL,
        presence=Presence.EXPECTED,
        checks=(
            across(routes.endpoint_for_tables),
            each(
                tokens.ENDPOINT,
                equals("privateDnsEnabled", True),
                made_from("securityGroupIds", tokens.SECURITY_GROUP),
                where=lambda endpoint: endpoint.get("vpcEndpointType") == "Interface",
            ),
        ),
        mutants=(
            Lose(type=tokens.ENDPOINT, name="dynamodb"),
            Flip(type=tokens.ENDPOINT, name="dynamodb", path="policy", value=GONE),
            Flip(type=tokens.ENDPOINT, name="dynamodb", path="routeTableIds", value=[]),
            Flip(type=tokens.ENDPOINT, name="dynamodb", path="policy", value="{}"),
            Insert(type=tokens.ENDPOINT, props={"vpcEndpointType": "Interface"}),
        ),
    ),
    Control(
        id=104,
        title="There is no machine to log in to",
        sources="SH EC2.9",
        types=(tokens.INSTANCE,),
        musts=PHASES,
        presence=Presence.FORBIDDEN,
        mutants=(Insert(type=tokens.INSTANCE),),
    ),
)
