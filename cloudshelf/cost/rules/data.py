"""DynamoDB, S3 and their backups."""

from collections.abc import Iterator

from cloudshelf.cost.charges import MILLION, THOUSAND, Charge, Context, Rule, Unpriceable, charge, role
from cloudshelf.graph import Node


def table(node: Node, context: Context) -> Iterator[Charge]:
    """On demand. A replica in another region is charged for what is written to it and for what it keeps."""
    if node.inputs.get("billingMode") != "PAY_PER_REQUEST":
        raise Unpriceable(f"{node.name}: there are prices of on-demand tables only")
    used = f"tables.{role(node)}"
    stored = context.usage(f"{used}.gb")
    yield charge("dynamodb-reads", context.usage(f"{used}.reads") / MILLION)
    writes = context.usage(f"{used}.writes") / MILLION
    replicas = node.inputs.get("replicas", [])
    if not replicas:
        yield charge("dynamodb-writes", writes)
    else:
        yield charge("dynamodb-copied-writes", writes * (1 + len(replicas)))
    yield charge("dynamodb-storage", stored * (1 + len(replicas)))
    restorable = node.inputs.get("pointInTimeRecovery", {}).get("enabled", False)
    copies = int(restorable) + sum(bool(replica.get("pointInTimeRecovery")) for replica in replicas)
    if copies:
        yield charge("dynamodb-restorable", stored * copies)


def bucket(node: Node, context: Context) -> Iterator[Charge]:
    used = f"buckets.{role(node)}"
    yield charge("s3-storage", context.usage(f"{used}.gb"))
    yield charge("s3-writes", context.usage(f"{used}.writes") / THOUSAND)
    yield charge("s3-reads", context.usage(f"{used}.reads") / THOUSAND)


def vault(_: Node, context: Context) -> Iterator[Charge]:
    """What the plans put into it, of the services the program has. Snapshots share RDS's free storage: database.py."""
    yield charge("backup-dynamodb", context.usage("backups.dynamodb_gb"))


RULES: dict[str, Rule] = {
    "aws:backup/vault:Vault": vault,
    "aws:dynamodb/table:Table": table,
    "aws:s3/bucket:Bucket": bucket,
}
