"""The resource types a picture looks at, and which resource an input was made from."""

from cloudshelf.graph import Graph, Node

API = "aws:apigateway/restApi:RestApi"
API_KEY = "aws:apigateway/apiKey:ApiKey"
BUCKET = "aws:s3/bucket:Bucket"
DEFAULT_VPC = "awsx:ec2:DefaultVpc"
DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
EDGE_FUNCTION = "aws:cloudfront/function:Function"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
EVENT_SOURCE = "aws:lambda/eventSourceMapping:EventSourceMapping"
FUNCTION = "aws:lambda/function:Function"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
INSTANCE = "aws:rds/instance:Instance"
INVOCATION = "aws:lambda/invocation:Invocation"
NAT = "aws:ec2/natGateway:NatGateway"
PERMISSION = "aws:lambda/permission:Permission"
PROXY = "aws:rds/proxy:Proxy"
ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
STAGE = "aws:apigateway/stage:Stage"
SUBNET = "aws:ec2/subnet:Subnet"
TABLE = "aws:dynamodb/table:Table"
USER_POOL = "aws:cognito/userPool:UserPool"
VPC = "aws:ec2/vpc:Vpc"
WEB_ACL_ASSOCIATION = "aws:wafv2/webAclAssociation:WebAclAssociation"


# Drawn as one part: interface endpoints share a security group, NAT gateways a route.
ENDPOINTS, NATS = "endpoints", "nat"


def sources(graph: Graph, node: Node, name: str, *tokens: str) -> list[Node]:
    """The resources of some types that an input was made from, in a fixed order."""
    found = [graph.nodes[urn] for urn in node.property_dependencies.get(name, ()) if urn in graph.nodes]
    return sorted((each for each in found if each.type in tokens), key=lambda each: each.name)


def source(graph: Graph, node: Node, name: str, *tokens: str) -> Node | None:
    """The first of them."""
    return next(iter(sources(graph, node, name, *tokens)), None)


def role(node: Node) -> str:
    """A resource's name without what it is: `books` of `books-function`."""
    return node.name.rpartition("-")[0]


def is_interface(endpoint: Node) -> bool:
    return str(endpoint.inputs["vpcEndpointType"]) == "Interface"


def key_of(node: Node) -> str:
    """The key of the part a resource is drawn as."""
    if node.type == NAT:
        return NATS
    if node.type == ENDPOINT and is_interface(node):
        return ENDPOINTS
    return f"{node.type.rpartition(':')[2].lower()}-{node.name}"
