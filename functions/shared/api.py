"""One service's operations, routed by the contract.

A service says which function answers an operationId; method and path come from the contract alone. API Gateway has
matched the path already and names its resource, so an operation is found by one look-up.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from shared import contract
from shared.observability import invoked, logger
from shared.problems import CONTENT_TYPE, InternalError, NotFound, Problem
from shared.reply import PERSONAL, Reply
from shared.request import Request, Signature

Answer = Callable[[Request], Reply]
LambdaHandler = Callable[[dict[str, Any], LambdaContext], Mapping[str, Any]]


@dataclass(frozen=True)
class Route:
    """An operation and what answers it."""

    signature: Signature
    answer: Answer


class Api:
    """Collects the operations of a service and makes its Lambda handler."""

    def __init__(self, service: str) -> None:
        self.service = service
        self.answers: dict[str, Answer] = {}

    def operation(self, operation_id: str) -> Callable[[Answer], Answer]:
        """Says that the decorated function answers this operation."""

        def register(answer: Answer) -> Answer:
            self.answers[operation_id] = answer
            return answer

        return register

    def lambda_handler(self) -> LambdaHandler:
        """ValueError when the contract and the service do not name the same operations."""
        operations = {each.operation_id: each for each in contract.operations(self.service)}
        if operations.keys() != self.answers.keys():
            differing = sorted(operations.keys() ^ self.answers.keys())
            raise ValueError(f"service {self.service} and the contract differ in {', '.join(differing)}")
        routes = {
            (operation.method, operation.path): Route(Signature(operation), self.answers[operation_id])
            for operation_id, operation in operations.items()
        }

        def handler(event: dict[str, Any], context: LambdaContext) -> Mapping[str, Any]:
            request_id = event["requestContext"].get("requestId", "")
            invoked(context, request_id)
            route = routes.get((event["httpMethod"], event["resource"]))
            if route is None:
                return _response(_told(NotFound("There is no such operation."), request_id))
            return _response(_replied(route, event, request_id))

        return handler


def _replied(route: Route, event: dict[str, Any], request_id: str) -> Reply:
    operation = route.signature.operation
    try:
        return _reply(route, event)
    except Problem as problem:
        logger().info("refused", operation=operation.operation_id, code=problem.code)
        return _told(problem, request_id)
    except Exception:
        logger().exception("failed", operation=operation.operation_id)
        return _told(InternalError("The shop failed to answer. Try again; nothing was charged twice."), request_id)


def _reply(route: Route, event: dict[str, Any]) -> Reply:
    if not route.signature.operation.offered:
        raise NotFound("There is no such operation.")
    request = Request(event, route.signature)
    request.authorize()
    request.check()
    reply = route.answer(request)
    if request.header("Authorization"):
        # Who signs in, as the back office does, is given what is so now, and caches have none of it.
        return replace(reply, headers={**reply.headers, "Cache-Control": PERSONAL})
    return reply


def _told(problem: Problem, request_id: str) -> Reply:
    headers = {"Cache-Control": PERSONAL}
    if problem.retry_after_s is not None:
        headers["Retry-After"] = str(problem.retry_after_s)
    return Reply(problem.body(request_id), problem.status, headers, CONTENT_TYPE)


def _response(reply: Reply) -> Mapping[str, Any]:
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html"""
    return {
        "statusCode": reply.status,
        "body": reply.body,
        "isBase64Encoded": False,
        "multiValueHeaders": {
            "Content-Type": [reply.content_type],
            **{name: [value] for name, value in reply.headers.items()},
        },
    }
