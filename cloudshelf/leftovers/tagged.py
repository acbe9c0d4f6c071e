"""What in an account carries a stack's tags."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from cloudshelf.aws_account import AwsAccount


@dataclass(frozen=True, kw_only=True, order=True)
class Tagged:
    """`service` and `kind` as they are in the ARN; `kind` is empty for a bucket, a topic or a queue."""

    arn: str
    region: str

    @property
    def service(self) -> str:
        return self.arn.split(":")[2]

    @property
    def kind(self) -> str:
        rest = self.arn.split(":", 5)[5]
        ends = [place for sign in "/:" if (place := rest.find(sign)) > 0]
        return rest[: min(ends)] if ends else ""

    @property
    def name(self) -> str:
        rest = self.arn.split(":", 5)[5]
        return rest[len(self.kind) + 1 :] if self.kind else rest


def tagged(account: AwsAccount, tags: Mapping[str, str], regions: Iterable[str]) -> Iterator[Tagged]:
    """The tagging API answers for most services, but not for IAM roles."""
    filters = [{"Key": key, "Values": [value]} for key, value in sorted(tags.items())]
    for region in regions:
        api = account.client("resourcegroupstaggingapi", region)
        for page in api.get_paginator("get_resources").paginate(TagFilters=filters):
            for resource in page["ResourceTagMappingList"]:
                yield Tagged(arn=resource["ResourceARN"].removesuffix(":*"), region=region)
