"""The event source mappings of a world, at work."""

import json
from typing import Any

from cloudshelf.local.lambdas.event_source import EventSource, StreamPoller
from cloudshelf.local.metrics.meters import of_function
from cloudshelf.local.world import World


def start(world: World) -> list[StreamPoller]:
    """A poller for each declared mapping that is not switched off."""
    sources = [EventSource.of(declared) for declared in world.event_sources if declared.get("enabled") is not False]
    log = world.log_file("dead-letters")

    def dead_letter(destination: str, told: dict[str, Any]) -> None:
        with log.open("a") as file:
            file.write(json.dumps({"destination": destination, **told}) + "\n")

    pollers = [
        StreamPoller(
            source,
            world.aws.client("dynamodbstreams"),
            world.functions.invoke,
            dead_letter,
            of_function(world.metrics, source.function),
        )
        for source in sources
    ]
    for poller in pollers:
        poller.start()
    return pollers
