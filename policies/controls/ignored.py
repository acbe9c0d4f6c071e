"""Resource types that no control has to look at, and why."""

IGNORED: dict[str, str] = {
    "aws:apigateway/apiKey:ApiKey": "a key meters and lets nobody in; plans, which bound it, are row 8",
    "aws:apigateway/usagePlanKey:UsagePlanKey": "a link between a key and its plan",
    "aws:cloudfront/function:Function": "chooses an origin; what it does is tested with its JavaScript",
    "aws:cloudfront/keyValueStore:KeyValueStore": "shares of shoppers, which are no secret",
    "aws:cloudfront/keyvaluestoreKey:KeyvaluestoreKey": "shares of shoppers, which are no secret",
    "aws:cloudfront/realtimeLogConfig:RealtimeLogConfig": "off unless set; its stream and role are rows of their own",
    "aws:cloudwatch/dashboard:Dashboard": "shows metrics, holds nothing",
    "aws:cloudwatch/logDelivery:LogDelivery": "a link between a source and a destination, row 25 looks at the source",
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": "names a log group; rows 144 and 145 look at that",
    "aws:cloudwatch/queryDefinition:QueryDefinition": "a saved question, holds nothing",
    "aws:cognito/userGroup:UserGroup": "a name; what its members may do is in the contract",
    "aws:ec2/eip:Eip": "a NAT gateway's address; no machine has one (rows 96, 104)",
    "aws:ec2/vpcPeeringConnection:VpcPeeringConnection": "a way nobody gets through; groups and routes say who does",
    "aws:lambda/invocation:Invocation": "a call at deployment; its secret input is tested with the program",
    "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup": "pool sizes; the proxy itself is row 87",
    "aws:rds/proxyTarget:ProxyTarget": "a link between a proxy and its database",
    "aws:route53/record:Record": "a public name of the distribution, and the certificate's proof",
    "aws:xray/group:Group": "a saved filter, holds nothing",
    "awsx:ec2:DefaultVpc": "a look-up: it adopts and creates nothing",
}
