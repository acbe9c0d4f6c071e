"""Keys, firewalls and audit, and what is not charged."""

from collections.abc import Iterator
from decimal import Decimal

from cloudshelf.cost.charges import MILLION, Charge, Context, Rule, Unpriceable, charge
from cloudshelf.cost.rules.database import INSTANCE, PROCESSORS
from cloudshelf.graph import Node

TEN_THOUSAND = Decimal(10_000)


def key(_: Node, context: Context) -> Iterator[Charge]:
    """In its first year; each of the first two yearly rotations adds another key-month."""
    yield charge("key", 1)
    yield charge("key-requests", context.usage("key_requests") / TEN_THOUSAND)


def detector(_: Node, context: Context) -> Iterator[Charge]:
    """After the first 30 days, which are free."""
    yield charge("guardduty-events", context.usage("audit.management_events") / MILLION)
    yield charge("guardduty-flows", context.usage("network.flow_log_gb"))


def detector_feature(node: Node, context: Context) -> Iterator[Charge]:
    name = node.inputs["name"]
    if node.inputs.get("status") != "ENABLED":
        return
    if name == "S3_DATA_EVENTS":
        yield charge("guardduty-s3", context.usage("audit.s3_events") / MILLION)
    elif name == "RDS_LOGIN_EVENTS":
        yield charge("guardduty-rds", PROCESSORS * len(context.graph.of(INSTANCE)))
    elif name == "LAMBDA_NETWORK_LOGS":
        yield charge("guardduty-lambda", context.usage("audit.lambda_network_gb"))
    else:
        raise Unpriceable(f"{node.name}: there is no price of GuardDuty's {name}")


RULES: dict[str, Rule] = {
    "aws:guardduty/detector:Detector": detector,
    "aws:guardduty/detectorFeature:DetectorFeature": detector_feature,
    "aws:kms/key:Key": key,
    "aws:kms/replicaKey:ReplicaKey": key,
}


CONFIGURATION = "AWS charges for what it configures, not for it"
FREE: dict[str, str] = {
    "aws:accessanalyzer/analyzer:Analyzer": "an account's analyzer of access from outside is free",
    "aws:acm/certificate:Certificate": "public certificates that stay in AWS are free",
    "aws:acm/certificateValidation:CertificateValidation": "waits for a certificate, makes nothing",
    "aws:apigateway/account:Account": CONFIGURATION,
    "aws:apigateway/apiKey:ApiKey": "requests are counted with the stage",
    "aws:apigateway/deployment:Deployment": "requests are counted with the stage",
    "aws:apigateway/restApi:RestApi": "requests are counted with the stage",
    "aws:apigateway/usagePlan:UsagePlan": CONFIGURATION,
    "aws:apigateway/usagePlanKey:UsagePlanKey": CONFIGURATION,
    "aws:backup/plan:Plan": "its backups are counted with the vault and the database",
    "aws:backup/selection:Selection": "its backups are counted with the vault and the database",
    "aws:budgets/budget:Budget": "budgets without actions are free",
    "aws:cloudfront/keyValueStore:KeyValueStore": "what is read from it is counted with the function",
    "aws:cloudfront/keyvaluestoreKey:KeyvaluestoreKey": CONFIGURATION,
    "aws:cloudfront/originAccessControl:OriginAccessControl": CONFIGURATION,
    "aws:cloudfront/cachePolicy:CachePolicy": CONFIGURATION,
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": CONFIGURATION,
    "aws:cloudtrail/trail:Trail": (
        "an account's first copy of management events is free, a second trail is not; what it writes is counted with "
        "the bucket and the log group"
    ),
    "aws:cloudwatch/eventRule:EventRule": "events of AWS services are free",
    "aws:cloudwatch/eventTarget:EventTarget": CONFIGURATION,
    "aws:cloudwatch/logDelivery:LogDelivery": "delivered logs are counted with their log group",
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": CONFIGURATION,
    "aws:cloudwatch/logDeliverySource:LogDeliverySource": CONFIGURATION,
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": (
        "free; its metric is a custom one in the hours in which it counts something"
    ),
    "aws:cloudwatch/queryDefinition:QueryDefinition": "a saved question; asking it costs $0.005 for each GB it reads",
    "aws:cognito/userGroup:UserGroup": "users are counted with the pool",
    "aws:cognito/userPoolClient:UserPoolClient": "users are counted with the pool",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": "security groups are free",
    "aws:ec2/flowLog:FlowLog": "what it writes is counted with its log group",
    "aws:ec2/internetGateway:InternetGateway": "internet gateways are free",
    "aws:ec2/networkAcl:NetworkAcl": "network ACLs are free",
    "aws:ec2/networkAclRule:NetworkAclRule": "network ACLs are free",
    "aws:ec2/route:Route": "routes are free",
    "aws:ec2/routeTable:RouteTable": "routes are free",
    "aws:ec2/routeTableAssociation:RouteTableAssociation": "routes are free",
    "aws:ec2/securityGroup:SecurityGroup": "security groups are free",
    "aws:ec2/subnet:Subnet": "subnets are free",
    "aws:ec2/vpc:Vpc": "a VPC is free",
    "aws:ec2/vpcPeeringConnection:VpcPeeringConnection": (
        "free; what a move sends through it to another zone costs a cent a GB once"
    ),
    "aws:iam/role:Role": "IAM is free",
    "aws:iam/rolePolicy:RolePolicy": "IAM is free",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "IAM is free",
    "aws:kms/alias:Alias": "keys are charged for, not their names",
    "aws:lambda/eventSourceMapping:EventSourceMapping": "what Lambda reads of a table's stream is free",
    "aws:lambda/invocation:Invocation": "requests are counted with the function",
    "aws:lambda/permission:Permission": CONFIGURATION,
    "aws:rds/eventSubscription:EventSubscription": "mails are counted with the topic",
    "aws:rds/parameterGroup:ParameterGroup": CONFIGURATION,
    "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup": CONFIGURATION,
    "aws:rds/proxyTarget:ProxyTarget": CONFIGURATION,
    "aws:rds/subnetGroup:SubnetGroup": CONFIGURATION,
    "aws:route53/record:Record": "questions for an alias of CloudFront are free; the zone is not this stack's",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": CONFIGURATION,
    "aws:s3/bucketLogging:BucketLogging": "access logs are counted with the bucket they go to",
    "aws:s3/bucketObjectv2:BucketObjectv2": "storage and requests are counted with the bucket",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": CONFIGURATION,
    "aws:s3/bucketPolicy:BucketPolicy": CONFIGURATION,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": CONFIGURATION,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": CONFIGURATION,
    "aws:s3/bucketVersioning:BucketVersioning": "versions are counted with the bucket",
    "aws:sns/topicPolicy:TopicPolicy": CONFIGURATION,
    "aws:sns/topicSubscription:TopicSubscription": "mails are counted with the topic",
    "aws:sqs/queuePolicy:QueuePolicy": CONFIGURATION,
    "aws:ssm/parameter:Parameter": "standard parameters are free",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "security groups are free",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "security groups are free",
    "aws:wafv2/webAclAssociation:WebAclAssociation": CONFIGURATION,
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": "what it writes is counted with its log group",
    "awsx:ec2:DefaultVpc": "a look-up: it makes nothing",
}
# A free type is free only while these have one of the values named, None for not given.
ONLY_WHILE: dict[str, dict[str, tuple[object, ...]]] = {
    "aws:accessanalyzer/analyzer:Analyzer": {"type": ("ACCOUNT", "ORGANIZATION")},
    "aws:ssm/parameter:Parameter": {"tier": (None, "Standard")},
}
