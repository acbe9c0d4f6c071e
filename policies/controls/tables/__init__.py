"""The rows, a module for each group of AWS services."""

from ..control import Control
from . import (
    api_gateway,
    audit,
    cloudfront,
    cognito,
    database,
    dynamodb,
    firewall,
    functions,
    iam,
    keys,
    monitoring,
    network,
    security_groups,
    storage,
)

MODULES = (
    api_gateway,
    cloudfront,
    storage,
    functions,
    dynamodb,
    database,
    network,
    security_groups,
    iam,
    keys,
    audit,
    firewall,
    cognito,
    monitoring,
)
CONTROLS: tuple[Control, ...] = tuple(sorted((row for each in MODULES for row in each.ROWS), key=lambda row: row.id))
