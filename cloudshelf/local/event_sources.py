"""The event source mappings of a world, at work."""

import json
import threading
from typing import Any

from cloudshelf.local.lambdas.event_source import EventSource, StreamPoller
from cloudshelf.local.metrics.meters import of_function
from cloudshelf.local.world import World


class Pollers:
    """A poller for each declared mapping that is not switched off."""

    def __init__(self, world: World) -> None:
        self._world, self._log = world, world.log_file("dead-letters")
        self._running: dict[str, tuple[EventSource, StreamPoller]] = {}
        self._following = threading.Lock()

    def follow(self) -> None:
        """Starts and stops what it takes for those that are declared now. One that changed is another."""
        with self._following:
            declared = {
                identity: EventSource.of(inputs)
                for identity, inputs in list(self._world.event_sources.items())
                if inputs.get("enabled") is not False
            }
            for identity, (source, poller) in [*self._running.items()]:
                if declared.get(identity) != source:
                    poller.stop()
                    del self._running[identity]
            for identity, source in declared.items():
                if identity not in self._running:
                    self._running[identity] = (source, self._start(source))

    def _start(self, source: EventSource) -> StreamPoller:
        streams = self._world.aws.client("dynamodbstreams")
        measure = of_function(self._world.metrics, source.function)
        poller = StreamPoller(source, streams, self._world.functions.invoke, self._dead_letter, measure)
        poller.start()
        return poller

    def _dead_letter(self, destination: str, told: dict[str, Any]) -> None:
        with self._log.open("a") as file:
            file.write(json.dumps({"destination": destination, **told}) + "\n")

    def stop(self) -> None:
        with self._following:
            for _, poller in self._running.values():
                poller.stop()
            self._running.clear()
