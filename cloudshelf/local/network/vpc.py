"""What the program declares of its network: groups and their rules, routes, endpoints, and who listens where."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MAIN_ROUTE_TABLE = "rtb-main"
ANYWHERE = "0.0.0.0/0"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule of a security group. `peer` is another group's id, a prefix list's or an address range."""

    group: str
    egress: bool
    peer: str
    first_port: int
    last_port: int

    def covers(self, port: int) -> bool:
        return self.first_port <= port <= self.last_port


@dataclass(frozen=True, kw_only=True)
class Placement:
    """Where a function's network interfaces are."""

    subnets: frozenset[str]
    groups: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Listener:
    """Something in the VPC that takes connections at `host:port`; on this machine it is at `local_port`."""

    what: str
    host: str
    port: int
    groups: frozenset[str]
    local_port: int


@dataclass(frozen=True, kw_only=True)
class Instance:
    """A database as other stacks of the account find it. `ca_file` has who vouches for it."""

    listener: Listener
    resource_id: str
    ca_file: Path


@dataclass(frozen=True, kw_only=True)
class GatewayEndpoint:
    """A service reached through route tables. `policy` says what may be done through it."""

    service: str
    prefix_list: str
    route_tables: frozenset[str]
    policy: Mapping[str, Any] | None


@dataclass(kw_only=True)
class Vpc:
    """The network of a stack. Makers of resources add to it from several threads."""

    rules: list[Rule] = field(default_factory=list)
    listeners: list[Listener] = field(default_factory=list)
    gateway_endpoints: list[GatewayEndpoint] = field(default_factory=list)
    route_tables: dict[str, str] = field(default_factory=dict)
    nat_routes: set[str] = field(default_factory=set)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def add(self, change: Callable[["Vpc"], None]) -> None:
        with self._changed:
            change(self)
            self._changed.notify_all()

    def wait_for(self, what: Callable[[], bool], seconds: float) -> bool:
        """Whether it has come true by then: resources that do not depend on each other are made in any order."""
        with self._changed:
            return self._changed.wait_for(what, seconds)

    def replace(self, old: Listener, new: Listener) -> None:
        """For `add`."""
        self.listeners[self.listeners.index(old)] = new

    def tables_of(self, placement: Placement) -> set[str]:
        """The route tables of a function's subnets. A subnet without one of its own has the VPC's main one."""
        return {self.route_tables.get(subnet, MAIN_ROUTE_TABLE) for subnet in placement.subnets}

    def policies(self, placement: Placement, service: str) -> list[Mapping[str, Any]]:
        """The policies of the gateway endpoints that a function's calls of a service go through."""
        tables = self.tables_of(placement)
        through = (e for e in self.gateway_endpoints if e.service == service and tables <= e.route_tables)
        return [endpoint.policy for endpoint in through if endpoint.policy is not None]

    def lets_out(self, placement: Placement, port: int, *peers: str) -> bool:
        """Whether a rule of the function's groups leads out to one of the peers."""
        return any(r.egress and r.group in placement.groups and r.peer in peers and r.covers(port) for r in self.rules)

    def open_ports(self, placement: Placement, peer: str) -> list[tuple[int, int]]:
        """The ranges of ports on which a rule of the function's groups leads out to the peer."""
        found = (r for r in self.rules if r.egress and r.group in placement.groups and r.peer == peer)
        return [(r.first_port, r.last_port) for r in found]

    def lets_in(self, listener: Listener, placement: Placement) -> bool:
        """Whether a rule of the listener's groups takes one of the function's groups in."""
        return any(
            not r.egress and r.group in listener.groups and r.peer in placement.groups and r.covers(listener.port)
            for r in self.rules
        )
