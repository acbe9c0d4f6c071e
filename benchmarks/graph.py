"""Capturing a stack's resource graph, beside as many bare resources, and how it grows with the number of services."""

import gc
import time
from collections.abc import Callable
from functools import partial

import pulumi
import pulumi_aws as aws

from benchmarks.measuring import Samples, Side, interleaved
from benchmarks.results import Figure, Findings, at_most, beside
from cloudshelf.graph import Graph, capture
from cloudshelf.graph.provider import Provider
from cloudshelf.graph.stacks import stack_graph
from components import artifact, contract
from components.account import Account
from components.service_function import ServiceFunction, ServiceFunctionArgs

STACK, REGION = "phase2", "us-east-1"
# How often the same services are there.
TIMES = (1, 2, 4)


def run(*, quick: bool) -> Findings:
    resources = len(stack_graph(STACK).nodes)
    sides: dict[str, Side] = {
        "stack": _seconds(partial(stack_graph, STACK)),
        "bare": _seconds(partial(_captured, partial(_bare, resources))),
    }
    rounds = 2 if quick else 7
    samples = interleaved(sides, rounds)
    growth: dict[str, Side] = {
        str(times): _seconds(partial(_captured, partial(_services, times)), of_each=True) for times in TIMES
    }
    grown = interleaved(growth, rounds)
    return Findings([_beside(samples, resources), *(_growth(grown, times) for times in TIMES[1:])])


def _beside(samples: Samples, resources: int) -> Figure:
    ratio = samples.ratio("stack", "bare")
    return beside(
        ratio,
        name=f"`{STACK}`, {resources} resources",
        target=at_most(2),
        measured=f"{samples.median('stack'):.2f} s of a processor",
        reference=f"as many bare ones: {samples.median('bare'):.2f} s",
    )


def _growth(samples: Samples, times: int) -> Figure:
    """A resource's share of the time. Linear growth leaves it as it is, but for what measuring lets vary."""
    ratio = samples.ratio(str(times), str(TIMES[0]))
    return beside(
        ratio,
        name=f"time a resource, services times {times}",
        target=at_most(1.25),
        measured=f"{samples.median(str(times)) * 1000:.2f} ms a resource",
        reference=f"services once: {samples.median(str(TIMES[0])) * 1000:.2f} ms a resource",
    )


def _seconds(take: Callable[[], Graph], *, of_each: bool = False) -> Side:
    """Processor time, of which other work on the machine takes none."""

    def measured() -> float:
        gc.collect()
        started = time.process_time()
        graph = take()
        took = time.process_time() - started
        return took / len(graph.nodes) if of_each else took

    return measured


def _captured(program: Callable[[], None]) -> Graph:
    token = artifact.target.set(artifact.HOST)
    try:
        return capture(program, mocks=Provider(region=REGION), stack="bench", config={"aws:region": REGION})
    finally:
        artifact.target.reset(token)


def _bare(count: int) -> None:
    for number in range(count):
        aws.ssm.Parameter(f"parameter-{number}", name=f"/bench/{number}", type="String", value="x")


def _services(times: int) -> None:
    account = Account(id="111122223333", region=REGION)
    for number in range(times):
        for package in contract.services():
            name = f"{package}-{number}"
            ServiceFunction(
                name,
                ServiceFunctionArgs(
                    account=account, function_name=f"bench-{name}", package=package, log_retention_days=7
                ),
            )
    pulumi.export("times", times)
