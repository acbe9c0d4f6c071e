"""Whether RDS has the engine's version on the server's class, in this region."""

from collections.abc import Iterator
from typing import Any

from cloudshelf.doctor.finding import Finding, ok, problem
from cloudshelf.doctor.inquiry import Inquiry, configure

CHECK = "database"
INSTANCE = "aws:rds/instance:Instance"


def database(inquiry: Inquiry) -> Iterator[Finding]:
    for node in inquiry.stack.graph.of(INSTANCE).values():
        if "replicateSourceDb" not in node.inputs:
            yield from _offered(inquiry, node.inputs)


def _offered(inquiry: Inquiry, given: dict[str, Any]) -> Iterator[Finding]:
    rds = inquiry.account.client("rds")
    engine, major, size = given["engine"], str(given["engineVersion"]), given["instanceClass"]
    versions = rds.describe_db_engine_versions(Engine=engine, EngineVersion=major, DefaultOnly=True)
    found = versions["DBEngineVersions"]
    where = inquiry.settings.region
    if not found:
        yield problem(
            CHECK, f"RDS in {where} has no {engine} {major}", "choose another region: pulumi config set aws:region"
        )
        return
    version = found[0]["EngineVersion"]
    pages = rds.get_paginator("describe_orderable_db_instance_options").paginate(
        Engine=engine, EngineVersion=version, DBInstanceClass=size
    )
    options = [option for page in pages for option in page["OrderableDBInstanceOptions"]]
    fitting = [option for option in options if _fits(option, given)]
    if fitting:
        yield ok(CHECK, f"{engine} {version} on {size} with {given['storageType']} is on offer in {where}")
        return
    zones = " in two zones" if given.get("multiAz") else ""
    says = f"RDS in {where} does not offer {engine} {version} on {size} with {given['storageType']}{zones}"
    yield problem(CHECK, says, configure("databaseInstanceClass", "db.t4g.micro", inquiry.stack.name))


def _fits(option: dict[str, Any], given: dict[str, Any]) -> bool:
    return option["StorageType"] == given["storageType"] and (option["MultiAZCapable"] or not given.get("multiAz"))
