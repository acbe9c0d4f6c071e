"""S3 buckets and objects in moto."""

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pulumi

from cloudshelf.local.resources.registry import REGISTRY, Fidelity, Inputs, Made

if TYPE_CHECKING:
    from cloudshelf.local.world import World

BUCKET_NOTE = "moto: objects and their headers; no versioning, encryption or lifecycle"
POLICY_NOTE = "the distribution reads only what the policy allows it"


@REGISTRY.make(Fidelity.REAL, "aws:s3/bucket:Bucket", BUCKET_NOTE)
def bucket(world: "World", name: str, inputs: Inputs) -> Made:
    bucket_name = inputs.get("bucket") or f"{name}-{secrets.token_hex(4)}"
    arguments: dict[str, Any] = {"Bucket": bucket_name}
    if world.region != "us-east-1":
        arguments["CreateBucketConfiguration"] = {"LocationConstraint": world.region}
    world.aws.client("s3").create_bucket(**arguments)
    return bucket_name, {
        "bucket": bucket_name,
        "arn": f"arn:aws:s3:::{bucket_name}",
        "bucketRegionalDomainName": f"{bucket_name}.s3.{world.region}.amazonaws.com",
    }


@REGISTRY.change("aws:s3/bucket:Bucket")
def change_bucket(world: "World", identity: str, old: Inputs, new: Inputs) -> dict[str, Any]:
    """Its tags, and whether it may go with what is in it."""
    return {}


@REGISTRY.remove("aws:s3/bucket:Bucket")
def remove_bucket(world: "World", identity: str, inputs: Inputs) -> None:
    s3 = world.aws.client("s3")
    if inputs.get("forceDestroy"):
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=identity):
            for each in page.get("Contents", []):
                s3.delete_object(Bucket=identity, Key=each["Key"])
    s3.delete_bucket(Bucket=identity)


@REGISTRY.make(Fidelity.REAL, "aws:s3/bucketObjectv2:BucketObjectv2", BUCKET_NOTE)
def bucket_object(world: "World", name: str, inputs: Inputs) -> Made:
    arguments: dict[str, Any] = {"Bucket": inputs["bucket"], "Key": inputs["key"], "Body": _content(inputs)}
    for argument, given in (("ContentType", "contentType"), ("CacheControl", "cacheControl")):
        if given in inputs:
            arguments[argument] = inputs[given]
    world.aws.client("s3").put_object(**arguments)
    return inputs["key"], {}


@REGISTRY.change("aws:s3/bucketObjectv2:BucketObjectv2")
def change_bucket_object(world: "World", identity: str, old: Inputs, new: Inputs) -> dict[str, Any]:
    bucket_object(world, identity, new)
    return {}


@REGISTRY.remove("aws:s3/bucketObjectv2:BucketObjectv2")
def remove_bucket_object(world: "World", identity: str, inputs: Inputs) -> None:
    world.aws.client("s3").delete_object(Bucket=inputs["bucket"], Key=inputs["key"])


@REGISTRY.make(Fidelity.ENFORCED, "aws:s3/bucketPolicy:BucketPolicy", POLICY_NOTE)
def bucket_policy(world: "World", name: str, inputs: Inputs) -> Made:
    world.bucket_policies[inputs["bucket"]] = inputs["policy"]
    return inputs["bucket"], {}


@REGISTRY.change("aws:s3/bucketPolicy:BucketPolicy")
def change_bucket_policy(world: "World", identity: str, old: Inputs, new: Inputs) -> dict[str, Any]:
    bucket_policy(world, identity, new)
    return {}


@REGISTRY.remove("aws:s3/bucketPolicy:BucketPolicy")
def remove_bucket_policy(world: "World", identity: str, inputs: Inputs) -> None:
    del world.bucket_policies[inputs["bucket"]]


def _content(inputs: Inputs) -> bytes:
    if "content" in inputs:
        return str(inputs["content"]).encode()
    source = inputs["source"]
    if isinstance(source, pulumi.FileAsset):
        return Path(source.path).read_bytes()
    if isinstance(source, pulumi.StringAsset):
        return source.text.encode()
    raise TypeError(f"{inputs['key']}: an object is made of a file or of text, not of {type(source).__name__}")


REGISTRY.no_effect(
    "S3 settings: moto keeps no versions, encrypts nothing, expires nothing",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "aws:s3/bucketLogging:BucketLogging",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketVersioning:BucketVersioning",
)
