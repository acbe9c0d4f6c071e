"""The declared alarms: none has gone off before anything was provoked, and those that can be provoked go off."""

import time
from collections.abc import Iterator
from typing import Any

import requests

from cloudshelf.aws_account import NO_ANSWER, AwsAccount, told
from cloudshelf.drill.poison import broken_cart
from cloudshelf.local.cloud import LocalCloud
from cloudshelf.local.lambdas.environment import FunctionFailed
from cloudshelf.local.metrics import alarms
from cloudshelf.local.metrics.alarms import Alarm, State
from cloudshelf.validate.accounts import NO_ACCOUNT, People, Site
from cloudshelf.validate.finding import Area, Finding

AREA = Area("alarms")
QUIET = "{} is silent while all is well"
ELSEWHERE = "only in a local cloud of the check's own: cloudshelf validate STACK"
RING = "aws cloudwatch set-alarm-state --alarm-name NAME --state-value ALARM --state-reason test"
PROVOKED_ELSEWHERE = "nothing here provokes it; cloudshelf drill storm, failover and authorizer provoke others"
POISON = b"{}"


def silent(site: Site) -> Iterator[Finding]:
    """Before anything is provoked."""
    if site.cloud is not None:
        metrics = site.cloud.world.metrics
        metrics.refresh()
        for alarm in alarms.declared(site.cloud.graph):
            yield _silent(alarm, alarms.evaluate(alarm, metrics, metrics.now()))
    elif site.on_this_machine:
        yield from _of_another_process(site)
    elif site.account is not None and site.stack is not None:
        yield from _declared(site.account, site.stack)
    else:
        yield AREA.not_checked("the stack's alarms", NO_ACCOUNT)


def provoked(site: Site) -> Iterator[Finding]:
    """Functions are crashed and a row is broken, in a cloud of the check's own alone."""
    if site.cloud is None:
        why = ELSEWHERE if site.on_this_machine else f"that would wake somebody; when you want to: {RING}"
        yield AREA.not_checked("alarms go off", why)
        return
    began = time.time()
    wanted = [*_crash_functions(site.cloud), *(_break_a_cart(site.cloud, site.people) if site.people else [])]
    every = alarms.declared(site.cloud.graph)
    rung = {each.alarm.name for each in alarms.fired(every, site.cloud.world.metrics, began, time.time())}
    others: dict[str, list[str]] = {}
    for alarm in every:
        if alarm.name in wanted:
            yield AREA.judge(f"{alarm.name} goes off", alarm.name in rung, alarm.rule)
        else:
            others.setdefault(alarm.why_not or PROVOKED_ELSEWHERE, []).append(alarm.name)
    for why, names in others.items():
        yield AREA.not_checked(f"{', '.join(names)} go off", why)


def _silent(alarm: Alarm, state: State) -> Finding:
    what = QUIET.format(alarm.name)
    if state is State.NOT_MEASURED:
        return AREA.not_checked(what, alarm.why_not)
    return AREA.judge(what, state is not State.ALARM, alarm.rule)


def _crash_functions(cloud: LocalCloud) -> Iterator[str]:
    """An event that is no request: the names of the alarms that must go off."""
    declared = {
        alarm.key.dimensions: alarm.name for alarm in alarms.declared(cloud.graph) if alarm.key.metric == "Errors"
    }
    for name, function in cloud.world.functions.deployed.items():
        if (of := (("FunctionName", name),)) in declared:
            try:
                function.invoke(POISON)
            except FunctionFailed:
                yield declared[of]


def _break_a_cart(cloud: LocalCloud, people: People) -> Iterator[str]:
    """A row no function can read: the shopper it belongs to is answered 500 until it is gone."""
    me = people.shopper.api("GET", "/users/me").json()["user_id"]
    table, row, key = broken_cart(cloud.stack, me)
    dynamodb = cloud.world.aws.client("dynamodb")
    dynamodb.put_item(TableName=table, Item=row)
    if people.shopper.api("GET", "/cart").status_code == requests.codes.server_error:
        yield f"cloudshelf-{cloud.stack}-api-errors"
    dynamodb.delete_item(TableName=table, Key=key)


def _of_another_process(site: Site) -> Iterator[Finding]:
    answer = site.anybody.send("GET", "/_local/alarms")
    listed: list[dict[str, Any]] = answer.json().get("alarms", []) if answer.ok else []
    if not listed:
        yield AREA.not_checked("the stack's alarms", "the shop's local cloud does not tell them")
    for each in listed:
        what = QUIET.format(each["name"])
        if each["state"] == State.NOT_MEASURED:
            yield AREA.not_checked(what, each["why_not"])
        else:
            yield AREA.judge(what, each["state"] != State.ALARM, each["rule"])


def _declared(account: AwsAccount, stack: str) -> Iterator[Finding]:
    prefix = f"cloudshelf-{stack}-"
    try:
        pages = account.client("cloudwatch").get_paginator("describe_alarms").paginate(AlarmNamePrefix=prefix)
        found = [alarm for page in pages for alarm in page["MetricAlarms"]]
    except NO_ANSWER as error:
        yield AREA.not_checked("the stack's alarms", told(error))
        return
    yield AREA.judge("the stack has alarms", bool(found), f"{len(found)} of {prefix}*")
    for alarm in found:
        told_to_somebody = bool(alarm["ActionsEnabled"] and alarm["AlarmActions"])
        quiet = alarm["StateValue"] != State.ALARM
        yield AREA.judge(QUIET.format(alarm["AlarmName"]), quiet, alarm.get("StateReason", ""))
        yield AREA.judge(f"{alarm['AlarmName']} tells somebody", told_to_somebody, str(alarm["AlarmActions"]))
