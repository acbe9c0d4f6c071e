"""Terraform's names of what Pulumi's AWS provider, which is made from Terraform's, calls otherwise."""

import re

# Modules whose name Terraform writes otherwise, or, empty, leaves out.
MODULES = {"apigateway": "api_gateway", "cfg": "config", "ec2": "", "rds": "db"}
TYPES = {
    "aws:cloudtrail/trail:Trail": "aws_cloudtrail",
    "aws:s3/bucketObjectv2:BucketObjectv2": "aws_s3_object",
}
# By Terraform's type, properties that are no mere snake case of Pulumi's.
RENAMED = {
    "aws_api_gateway_deployment": {"rest_api": "rest_api_id"},
    "aws_api_gateway_method_settings": {"rest_api": "rest_api_id"},
    "aws_api_gateway_stage": {"rest_api": "rest_api_id", "deployment": "deployment_id"},
    "aws_cloudwatch_metric_alarm": {"name": "alarm_name"},
    "aws_lambda_function": {"name": "function_name", "code": "filename"},
    "aws_lambda_permission": {"function": "function_name"},
}
# Lists of blocks that are plural in Terraform too.
PLURAL = frozenset({"api_stages", "redacted_fields"})
SINGULARS = ((r"ss$", "ss"), (r"ies$", "y"), (r"(ss|sh|ch|x|alias)es$", r"\1"), (r"s$", ""))
# Maps with keys of the user's own: Terraform shows them as they are, where other objects are blocks.
MAPS = frozenset({"dimensions", "parameters", "tags", "triggers", "variables", "request_parameters"})


def snake(name: str) -> str:
    """camelCase as snake_case; a digit belongs to what is before it."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def singular(name: str) -> str:
    if name in PLURAL:
        return name
    for ending, replacement in SINGULARS:
        changed, times = re.subn(ending, replacement, name)
        if times:
            return changed
    return name


def terraform_type(token: str) -> str | None:
    """`aws:rds/instance:Instance` is `aws_db_instance`; None for what is not of Terraform's AWS provider."""
    package, _, rest = token.partition(":")
    if package != "aws" or "/" not in rest:
        return None
    if token in TYPES:
        return TYPES[token]
    module, _, path = rest.partition("/")
    module = MODULES.get(module, snake(module))
    resource = snake(path.partition(":")[0])
    return "_".join(part for part in ("aws", module, resource) if part)


def property_name(type_: str, name: str) -> str:
    named = snake(name)
    return RENAMED.get(type_, {}).get(named, named)
