"""The storefront's files in a private bucket."""

import hashlib
import mimetypes
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_aws as aws

from components.private_bucket import harden, over_tls

STOREFRONT = Path(__file__).resolve().parent.parent / "storefront"
OLD_VERSIONS_DAYS = 30
HOME_PAGE = "index.html"
CONFIG = "config.json"
# File names stay the same when their contents change, so browsers must ask; an unchanged file costs a 304.
REVALIDATE = "public, max-age=0, must-revalidate"
TYPES = {".js": "text/javascript", ".svg": "image/svg+xml", ".webmanifest": "application/manifest+json"}


@dataclass(frozen=True, kw_only=True)
class SiteArgs:
    """`config` becomes config.json, which tells the storefront where it is."""

    config: Mapping[str, pulumi.Input[object]]
    protect: bool


class Site(pulumi.ComponentResource):
    """Nobody reads the bucket but the distribution that `allow` names."""

    bucket_name: pulumi.Output[str]
    domain_name: pulumi.Output[str]

    def __init__(self, name: str, args: SiteArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:edge:Site", name, None, opts)
        self._name = name
        # Everything in it comes from this program and can be made again.
        self._bucket = aws.s3.Bucket(
            f"{name}-bucket", force_destroy=not args.protect, opts=pulumi.ResourceOptions(parent=self)
        )
        self.bucket_name, self.domain_name = self._bucket.bucket, self._bucket.bucket_regional_domain_name
        harden(name, self._bucket, pulumi.ResourceOptions(parent=self), old_versions_days=OLD_VERSIONS_DAYS)
        self._upload(args.config)
        self.register_outputs({"bucket_name": self.bucket_name})

    def _upload(self, config: Mapping[str, pulumi.Input[object]]) -> None:
        child = pulumi.ResourceOptions(parent=self)
        for path in files():
            key = path.relative_to(STOREFRONT).as_posix()
            aws.s3.BucketObjectv2(
                f"{self._name}-{key}",
                bucket=self._bucket.bucket,
                key=key,
                source=pulumi.FileAsset(str(path)),
                source_hash=hashlib.sha256(path.read_bytes()).hexdigest(),
                content_type=content_type(path),
                cache_control=REVALIDATE,
                opts=child,
            )
        aws.s3.BucketObjectv2(
            f"{self._name}-{CONFIG}",
            bucket=self._bucket.bucket,
            key=CONFIG,
            content=pulumi.Output.json_dumps(config),
            content_type="application/json",
            cache_control="no-cache",
            opts=child,
        )

    def allow(self, distribution_arn: pulumi.Input[str]) -> None:
        """Lets one CloudFront distribution read the files, over TLS."""
        aws.s3.BucketPolicy(
            f"{self._name}-policy",
            bucket=self._bucket.bucket,
            policy=_policy(self._bucket.arn, distribution_arn),
            opts=pulumi.ResourceOptions(parent=self),
        )


def files() -> Iterator[Path]:
    """The storefront's files in a stable order, hidden ones left out."""
    if not (STOREFRONT / HOME_PAGE).exists():
        raise FileNotFoundError(f"storefront/{HOME_PAGE} is missing: there is no shop to upload")
    if (STOREFRONT / CONFIG).exists():
        raise FileExistsError(f"storefront/{CONFIG}: remove it. The stack writes this file itself")
    return (p for p in sorted(STOREFRONT.rglob("*")) if p.is_file() and not _hidden(p))


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(STOREFRONT).parts)


def content_type(path: Path) -> str:
    """The media type by the file's ending, with its character set for text."""
    kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name, strict=True)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def _policy(bucket_arn: pulumi.Input[str], distribution_arn: pulumi.Input[str]) -> pulumi.Output[str]:
    objects = pulumi.Output.concat(bucket_arn, "/*")
    return pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "OnlyThisDistributionReads",
                    "Effect": "Allow",
                    "Principal": {"Service": "cloudfront.amazonaws.com"},
                    "Action": "s3:GetObject",
                    "Resource": objects,
                    "Condition": {"StringEquals": {"AWS:SourceArn": distribution_arn}},
                },
                over_tls(bucket_arn),
            ],
        }
    )
