"""How the PostgreSQL server is set, and how much a class of server carries."""

import re

import pulumi_aws as aws

FAMILY = "postgres15"
# GiB by size, of a family whose `large` has 8: https://aws.amazon.com/rds/instance-types/
SMALL_SIZES = {"micro": 1, "small": 2, "medium": 4, "large": 8, "xlarge": 16}
MEMORY_OPTIMISED = ("r", "x", "z")
# RDS's default: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html, LEAST(memory / 9531392, 5000)
BYTES_A_CONNECTION, MOST_CONNECTIONS = 9_531_392, 5_000
SMALLEST_CONNECTIONS = 80

PARAMETERS: list[aws.rds.ParameterGroupParameterArgsDict] = [
    # Nobody connects without TLS. It is this family's default, and RDS reads it back with this method of applying.
    {"name": "rds.force_ssl", "value": "1", "apply_method": "pending-reboot"},
    # Changes of the schema are written down. Slow statements are not: their lines carry what was asked for.
    {"name": "log_statement", "value": "ddl", "apply_method": "immediate"},
    {"name": "log_min_duration_statement", "value": "-1", "apply_method": "immediate"},
    # A function that died in a transaction keeps its locks no longer.
    {"name": "idle_in_transaction_session_timeout", "value": "30000", "apply_method": "immediate"},
    # Who came and went, for the trail of a break-in.
    {"name": "log_connections", "value": "1", "apply_method": "immediate"},
    {"name": "log_disconnections", "value": "1", "apply_method": "immediate"},
]
# Signing in with IAM takes 300 to 1,000 MiB, which AWS says to take from caches and buffers on a small server:
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html
# Of 1 GiB that is 192 MiB of shared buffers (64 in place of 256), 128 of maintenance (32 MiB for each of two workers in
# place of 64 for each of three), and 32 connections that the shop does not use, at 2 MiB or more each: 384 MiB.
ONE_GIBIBYTE: list[aws.rds.ParameterGroupParameterArgsDict] = [
    {"name": "shared_buffers", "value": str(64 * 128), "apply_method": "pending-reboot"},
    {"name": "max_connections", "value": str(SMALLEST_CONNECTIONS), "apply_method": "pending-reboot"},
    {"name": "maintenance_work_mem", "value": str(32 * 1024), "apply_method": "immediate"},
    {"name": "autovacuum_max_workers", "value": "2", "apply_method": "pending-reboot"},
]


def parameters(instance_class: str) -> list[aws.rds.ParameterGroupParameterArgsDict]:
    """The parameter group of a class of server such as db.t4g.micro."""
    return [*PARAMETERS, *(ONE_GIBIBYTE if memory_gib(instance_class) == 1 else ())]


def memory_gib(instance_class: str) -> int:
    """What a class has, by its name's family and size; a size this does not know has that of `large`."""
    _, family, size = instance_class.split(".")
    several = re.fullmatch(r"(\d+)xlarge", size)
    gibibytes = 16 * int(several[1]) if several else SMALL_SIZES.get(size, SMALL_SIZES["large"])
    return 2 * gibibytes if family.startswith(MEMORY_OPTIMISED) else gibibytes


def max_connections(instance_class: str) -> int:
    """How many connections a class of server takes."""
    gibibytes = memory_gib(instance_class)
    if gibibytes == 1:
        return SMALLEST_CONNECTIONS
    return min(gibibytes * 2**30 // BYTES_A_CONNECTION, MOST_CONNECTIONS)
