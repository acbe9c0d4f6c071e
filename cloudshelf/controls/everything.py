"""Everything phase2 can have besides what its stack file asks for, and what a stack has while a shop moves."""

from collections.abc import Mapping

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
# A shop on its way from phase1: the stack it leaves, and those it may come to.
MOVES: Mapping[str, Mapping[str, str]] = {
    "phase1": {"migrateTo": "https://d111111abcdef8.cloudfront.net"},
    "enhanced": {"migrateFrom": "phase1"},
    "phase2": {"migrateFrom": "phase1"},
}
# The same into phase2, from an enhanced that has phase1's accounts already.
FROM_ENHANCED: Mapping[str, str] = {"migrateFrom": "enhanced", "accountsFrom": "phase1"}
