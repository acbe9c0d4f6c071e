"""Everything phase2 can have besides what its stack file asks for."""

EVERYTHING = {
    "domainName": "shop.example.com",
    "hostedZoneId": "Z123456789",
    "allowedCountries": '["US", "FR"]',
    "realtimeLogs": "true",
    "apiCacheGb": "0.5",
    "canaryPercent": "5",
    "partners": '["acme"]',
    "databaseProxy": "true",
    "databaseReadReplica": "true",
    "natGateways": "2",
    "interfaceEndpoints": '["ssm", "cognito-idp"]',
    "functionConcurrency": "5",
    "cartReplicaRegions": '["eu-west-1"]',
}
