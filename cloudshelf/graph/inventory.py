"""A stack's resources as text for git: a line each, the storefront's files as one."""

from collections import Counter

from cloudshelf.graph.model import Graph

OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2"


def inventory(graph: Graph) -> str:
    """Type and name of each resource, sorted; the number of uploaded files is left out, for it is no infrastructure."""
    lines = Counter(
        f"{node.type} {'*' if node.type == OBJECT else node.name}"
        for node in graph.resources
        if node.custom and not node.type.startswith("pulumi:")
    )
    return "".join(f"{line}\n" for line in sorted(lines))
