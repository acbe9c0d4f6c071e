"""The command that removes something that is left."""

from collections.abc import Mapping

from cloudshelf.leftovers.tagged import Tagged

# By service and kind of the ARN; {name}, {arn} and {region} are the resource's.
REMOVALS: Mapping[tuple[str, str], str] = {
    ("cloudwatch", "alarm"): "aws cloudwatch delete-alarms --alarm-names {name}",
    ("cloudwatch", "dashboard"): "aws cloudwatch delete-dashboards --dashboard-names {name}",
    ("cognito-idp", "userpool"): "aws cognito-idp delete-user-pool --user-pool-id {name}",
    ("dynamodb", "table"): "aws dynamodb delete-table --table-name {name}",
    ("ec2", "elastic-ip"): "aws ec2 release-address --allocation-id {name}",
    ("ec2", "natgateway"): "aws ec2 delete-nat-gateway --nat-gateway-id {name}",
    ("ec2", "vpc-endpoint"): "aws ec2 delete-vpc-endpoints --vpc-endpoint-ids {name}",
    ("kinesis", "stream"): "aws kinesis delete-stream --stream-name {name}",
    ("kms", "key"): "aws kms schedule-key-deletion --key-id {name} --pending-window-in-days 7",
    ("lambda", "function"): "aws lambda delete-function --function-name {name}",
    ("logs", "log-group"): "aws logs delete-log-group --log-group-name {name}",
    ("rds", "auto-backup"): "aws rds delete-db-instance-automated-backup --db-instance-automated-backups-arn {arn}",
    (
        "rds",
        "db",
    ): "aws rds delete-db-instance --db-instance-identifier {name} --final-db-snapshot-identifier {name}-last",
    ("rds", "snapshot"): "aws rds delete-db-snapshot --db-snapshot-identifier {name}",
    ("secretsmanager", "secret"): "aws secretsmanager delete-secret --secret-id {arn}",
    ("sns", ""): "aws sns delete-topic --topic-arn {arn}",
    ("ssm", "parameter"): "aws ssm delete-parameter --name /{name}",
}


def removal(found: Tagged) -> str:
    """Empty where there is more to it than one command."""
    command = REMOVALS.get((found.service, found.kind), "")
    if not command:
        return ""
    return f"{command} --region {found.region}".format(name=found.name, arn=found.arn)
