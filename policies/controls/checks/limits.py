"""Limits that AWS states in prose only, so that no API model and no provider has them."""

import ipaddress
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from .. import tokens
from ..control import Violation, violation
from ..documents import statements
from ..rules import Rule, alone, value
from ..stack import Resource, Stack, mappings, parsed

MINUTES_A_DAY = 24 * 60
WEEK = 7 * MINUTES_A_DAY
# The clocks may be set differently in winter and in summer.
SEASONS = (datetime(2027, 1, 4), datetime(2027, 7, 5))
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Of AWS Backup from RDS's own windows: https://docs.aws.amazon.com/aws-backup/latest/devguide/rds-backup.html
BACKUP_DISTANCE_MIN = 60
SHORTEST_WINDOW_MIN = 30
# Those of PostgreSQL that RDS takes for the next start alone, and rds.force_ssl, which is read back so.
STATIC_PARAMETERS = frozenset(
    {
        "autovacuum_max_workers",
        "max_connections",
        "max_worker_processes",
        "rds.force_ssl",
        "rds.logical_replication",
        "shared_buffers",
        "shared_preload_libraries",
        "wal_buffers",
    }
)


def text(path: str, pattern: str, wish: str) -> Rule:
    """The text at a path, where there is one, is wholly of a pattern."""
    return value(path, lambda found: found is None or re.fullmatch(pattern, str(found)) is not None, wish)


def fewer(path: str, most: int, what: str) -> Rule:
    """At most so many items or characters."""
    return value(path, lambda found: found is None or len(found) <= most, f"at most {most} {what}")


@alone
def unique_states(machine: Resource) -> Iterator[str]:
    """Also among the states of its maps: the machine is one scope."""
    definition = parsed(str(machine.get("definition"))) or {}
    names = [name for name, _ in _states(definition)]
    for name, count in Counter(names).items():
        if count > 1:
            yield f"{count} states are named {name!r}: a name must be unique in the whole state machine"
        if len(name) > 80:
            yield f"the state name {name!r} has {len(name)} characters: at most 80 are taken"
    labels = [state["Label"] for _, state in _states(definition) if "Label" in state]
    for label, count in Counter(labels).items():
        if count > 1 or len(label) > 40 or re.search(r"[\s?*<>{}\[\]:;,\\|^~$#%&`\"\x00-\x1f\x7f-\x9f]", label):
            yield f"the label {label!r} must be unique, of at most 40 characters, without spaces and special characters"


def _states(machine: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, state in (machine.get("States") or {}).items():
        yield name, state
        for inner in (state.get("ItemProcessor") or {}, state.get("Iterator") or {}, *(state.get("Branches") or ())):
            yield from _states(inner)


@alone
def windows_apart(database: Resource) -> Iterator[str]:
    backup, maintenance = database.get("backupWindow"), database.get("maintenanceWindow")
    if not (backup and maintenance):
        return
    begin, end = _daily(str(backup))
    day, first, last = _weekly(str(maintenance))
    for what, length in (("backupWindow", end - begin), ("maintenanceWindow", last - first)):
        if length < SHORTEST_WINDOW_MIN:
            yield f"{what} is {length} minutes long: at least {SHORTEST_WINDOW_MIN} are needed"
    if _meet((begin, end), (first, last)):
        yield f"backupWindow {backup} overlaps maintenanceWindow {maintenance}: set them apart ({DAYS[day]})"


def awake_in_windows(stack: Stack) -> Iterator[Violation]:
    """A stopped instance is neither backed up nor maintained."""
    for database in stack.of(tokens.DATABASE):
        backup, maintenance = database.get("backupWindow"), database.get("maintenanceWindow")
        if not (backup and maintenance):
            continue
        for season in SEASONS:
            awake = _awake(stack, season)
            if awake is None:
                return
            begin, end = _daily(str(backup))
            if not any({*range(day + begin, day + end)} <= awake for day in range(0, WEEK, MINUTES_A_DAY)):
                yield violation(database, f"backupWindow {backup} is while it is stopped: it is never backed up")
            day, first, last = _weekly(str(maintenance))
            whole = {(day * MINUTES_A_DAY + minute) % WEEK for minute in range(first, last)}
            if not whole <= awake:
                yield violation(database, f"maintenanceWindow {maintenance} is while it is stopped: it is never done")


def _awake(stack: Stack, season: datetime) -> set[int] | None:
    """The minutes of a week, from Monday by UTC, at which schedules let the database run; None where none stops it."""
    found: dict[str, tuple[set[int], int]] = {}
    shift = 0
    for schedule in stack.of(tokens.SCHEDULE):
        for action in ("start", "stop"):
            if str(schedule.get("target.arn")).endswith(f":{action}DBInstance"):
                found[action] = _cron(str(schedule.get("scheduleExpression")))
                zone = ZoneInfo(str(schedule.get("scheduleExpressionTimezone") or "UTC"))
                shift = round((season.replace(tzinfo=zone).utcoffset() or timedelta()).total_seconds() / 60)
    if len(found) < 2:
        return None
    (days, begin), (_, end) = found["start"], found["stop"]
    return {(day * MINUTES_A_DAY + minute - shift) % WEEK for day in days for minute in range(begin, end)}


def _cron(expression: str) -> tuple[set[int], int]:
    minute, hour, _, _, days, _ = expression.removeprefix("cron(").removesuffix(")").split()
    first, _, last = days.lower().partition("-")
    if days in ("*", "?"):
        return {*range(7)}, int(hour) * 60 + int(minute)
    begin, end = DAYS.index(first), DAYS.index(last or first)
    return {day % 7 for day in range(begin, end + 1 + 7 * (end < begin))}, int(hour) * 60 + int(minute)


def _daily(window: str) -> tuple[int, int]:
    begin, _, end = window.partition("-")
    first, last = _minute(begin), _minute(end)
    return first, last if last > first else last + MINUTES_A_DAY


def _weekly(window: str) -> tuple[int, int, int]:
    begin, _, end = window.lower().partition("-")
    day, first, last = DAYS.index(begin[:3]), _minute(begin[4:]), _minute(end[4:])
    return day, first, last + MINUTES_A_DAY * ((DAYS.index(end[:3]) - day) % 7)


def _minute(time: str) -> int:
    hour, _, minute = time.partition(":")
    return int(hour) * 60 + int(minute)


def backups_away_from_maintenance(stack: Stack) -> Iterator[Violation]:
    """AWS Backup's job fails where RDS maintains or makes a backup of its own."""
    for plan in stack.of(tokens.BACKUP_PLAN):
        for rule in plan.items("rules"):
            _, start = _cron(str(rule["schedule"]))
            for database in stack.of(tokens.DATABASE):
                backup, maintenance = database.get("backupWindow"), database.get("maintenanceWindow")
                if not (backup and maintenance):
                    continue
                _, *maintained = _weekly(str(maintenance))
                for what, (begin, end) in (("maintenanceWindow", maintained), ("backupWindow", _daily(str(backup)))):
                    near = (begin - BACKUP_DISTANCE_MIN + 1, end + BACKUP_DISTANCE_MIN)
                    if _meet((start, start + 1), near):
                        fix = f"its schedule is within an hour of {database.name}'s {what}: move it away"
                        yield violation(plan, fix)


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two spans of minutes share one, on the same day, the one before or the one after."""
    return any(one[0] + shift < other[1] and other[0] < one[1] + shift for shift in (-MINUTES_A_DAY, 0, MINUTES_A_DAY))


@alone
def events_may_use_it(key: Resource) -> Iterator[str]:
    """EventBridge gives no source account when it writes to an encrypted topic, so the condition is never met."""
    for statement in statements(key):
        if "events.amazonaws.com" in statement.principals("Service") and statement.conditioned_on("aws:sourceaccount"):
            yield "events.amazonaws.com is let in on condition of aws:SourceAccount, which EventBridge does not send"


@alone
def static_parameters(group: Resource) -> Iterator[str]:
    for each in group.items("parameters"):
        if each.get("name") in STATIC_PARAMETERS and each.get("applyMethod") != "pending-reboot":
            yield f"{each.get('name')} is static: its applyMethod must be pending-reboot"


@alone
def alarm_length(alarm: Resource) -> Iterator[str]:
    metrics = [query["metric"] for query in mappings(alarm.get("metricQueries")) if query.get("metric")]
    times = int(alarm.get("evaluationPeriods", 1))
    for period in {int(each.get("period") or 0) for each in [alarm.props, *metrics]} - {0}:
        if not (period in (10, 20, 30) or period % 60 == 0):
            yield f"period is {period}: set it to 10, 20, 30 or a multiple of 60 seconds"
        if period * times > (7 if period >= 3600 else 1) * 24 * 3600:
            yield f"period times evaluationPeriods is {period * times} seconds: at most a day, or a week of hours"


@alone
def few_variables(function: Resource) -> Iterator[str]:
    variables = function.get("environment.variables") or {}
    size = sum(len(f"{name}{each}".encode()) for name, each in variables.items())
    if size > 4096:
        yield f"its environment variables take {size} bytes: at most 4096 together"
    for name in variables:
        if not re.fullmatch(r"[a-zA-Z][a-zA-Z0-9_]+", name) or name in ("AWS_REGION", "AWS_DEFAULT_REGION", "_HANDLER"):
            yield f"the variable {name} is not one that Lambda takes"


def short_policies(stack: Stack) -> Iterator[Violation]:
    """White space does not count. A role's inline policies count together."""
    sizes: Counter[str] = Counter()
    for policy in stack.of(tokens.ROLE_POLICY):
        for urn in policy.sources.get("role", frozenset()):
            sizes[urn] += len(re.sub(r"\s", "", str(policy.get("policy"))))
    for role in stack.of(tokens.ROLE):
        if sizes[role.urn] > 10_240:
            yield violation(role, f"its inline policies have {sizes[role.urn]} characters: at most 10240 together")
        trust = len(re.sub(r"\s", "", str(role.get("assumeRolePolicy"))))
        if trust > 2048:
            yield violation(role, f"its trust policy has {trust} characters: at most 2048")


def groups_within_quota(stack: Stack) -> Iterator[Violation]:
    for way in (tokens.INGRESS_RULE, tokens.EGRESS_RULE):
        for group in stack.of(tokens.SECURITY_GROUP):
            if (count := len(stack.users(group, way, "securityGroupId"))) > 60:
                yield violation(group, f"it has {count} rules one way: at most 60")


def acl_within_quota(stack: Stack) -> Iterator[Violation]:
    for acl in stack.of(tokens.NETWORK_ACL):
        rules = stack.users(acl, tokens.NETWORK_ACL_RULE, "networkAclId")
        for way in (True, False):
            if (count := sum(bool(rule.get("egress")) is way for rule in rules)) > 20:
                yield violation(acl, f"it has {count} rules one way: at most 20")


def subnets_fit(stack: Stack) -> Iterator[Violation]:
    for vpc in stack.of(tokens.VPC):
        whole = ipaddress.ip_network(str(vpc.get("cidrBlock")))
        if not 16 <= whole.prefixlen <= 28:
            yield violation(vpc, f"{whole} is no block that a VPC may have: /16 to /28")
        seen: list[tuple[Resource, Any]] = []
        for subnet in stack.users(vpc, tokens.SUBNET, "vpcId"):
            block = ipaddress.ip_network(str(subnet.get("cidrBlock")))
            if not (16 <= block.prefixlen <= 28 and block.subnet_of(whole)):  # type: ignore[arg-type]
                yield violation(subnet, f"{block} is not within {whole}, or not /16 to /28")
            for other, theirs in seen:
                if block.overlaps(theirs):
                    yield violation(subnet, f"{block} overlaps {other.name}'s {theirs}")
            seen.append((subnet, block))


@alone
def priorities_apart(acl: Resource) -> Iterator[str]:
    for priority, count in Counter(rule.get("priority") for rule in acl.items("rules")).items():
        if count > 1:
            yield f"{count} rules have the priority {priority}: each needs one of its own"


@alone
def growth(database: Resource) -> Iterator[str]:
    least, most = database.get("allocatedStorage"), database.get("maxAllocatedStorage")
    if least and most and most < least * 1.1:
        yield f"maxAllocatedStorage is {most}: at least 10 % more than allocatedStorage, which is {least}"


@alone
def dimensions_or_default(metric: Resource) -> Iterator[str]:
    transformation = metric.get("metricTransformation") or {}
    dimensions = transformation.get("dimensions") or {}
    if len(dimensions) > 3:
        yield f"it has {len(dimensions)} dimensions: at most 3"
    if dimensions and transformation.get("defaultValue") is not None:
        yield "it has dimensions and a defaultValue: only one of both is taken"


@alone
def plain_tags(resource: Resource) -> Iterator[str]:
    tags: Mapping[str, Any] = resource.get("tags") or {}
    for key, each in tags.items():
        if key.lower().startswith("aws:") or len(key) > 128 or len(str(each)) > 256:
            yield f"the tag {key} must not begin with aws:, have over 128 characters, or a value of over 256"


def in_virginia(what: Callable[[Resource], bool] = lambda _: True) -> Rule:
    """What CloudFront uses is kept in us-east-1, wherever the stack is."""

    def look(resource: Resource) -> Iterator[str]:
        if what(resource) and resource.get("region") not in (None, "us-east-1"):
            yield f"region is {resource.get('region')}: CloudFront takes it from us-east-1 alone"

    return alone(look)
