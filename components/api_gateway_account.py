"""The role API Gateway writes logs with. AWS has one such setting for each account and region."""

import pulumi
import pulumi_aws as aws

from components.grant import trust_policy

LOG_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"


class ApiGatewayAccount(pulumi.ComponentResource):
    """Stays when the stack is destroyed: other APIs of the account may log with it."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:edge:ApiGatewayAccount", name, None, opts)
        kept = pulumi.ResourceOptions(parent=self, retain_on_delete=True)
        role = aws.iam.Role(f"{name}-role", assume_role_policy=trust_policy("apigateway.amazonaws.com"), opts=kept)
        attachment = aws.iam.RolePolicyAttachment(f"{name}-logs", role=role.name, policy_arn=LOG_POLICY, opts=kept)
        aws.apigateway.Account(
            f"{name}-account",
            cloudwatch_role_arn=role.arn,
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True, depends_on=[attachment]),
        )
        self.register_outputs({})
