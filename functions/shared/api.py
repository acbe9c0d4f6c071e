"""One service's operations, routed by the contract.

A service says which function answers an operationId; method and path come from the contract alone.
"""

from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared import contract
from shared.contract import Operation
from shared.observability import logger
from shared.problems import CONTENT_TYPE, InternalError, NotFound, Problem
from shared.reply import PERSONAL, Reply
from shared.request import Request, Signature

Answer = Callable[[Request], Reply]
LambdaHandler = Callable[[dict[str, Any], LambdaContext], Mapping[str, Any]]


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
        resolver = APIGatewayRestResolver()
        for operation_id, operation in operations.items():
            rule = operation.path.replace("{", "<").replace("}", ">")
            answer = _answering(resolver, Signature(operation), self.answers[operation_id])
            resolver.route(rule, operation.method)(answer)
        resolver.not_found(lambda _: _response(_told(resolver, NotFound("There is no such operation."))))

        @logger().inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_REST)
        def handler(event: dict[str, Any], context: LambdaContext) -> Mapping[str, Any]:
            return resolver.resolve(event, context)

        return handler


def _answering(resolver: APIGatewayRestResolver, signature: Signature, answer: Answer) -> Callable[..., Response[str]]:
    def call(**_: str) -> Response[str]:
        request = Request(resolver.current_event.raw_event, signature)
        try:
            reply = _reply(signature.operation, request, answer)
        except Problem as problem:
            logger().info("refused", operation=signature.operation.operation_id, code=problem.code)
            reply = _told(resolver, problem)
        except Exception:
            logger().exception("failed", operation=signature.operation.operation_id)
            reply = _told(resolver, InternalError("The shop failed to answer. Try again; nothing was charged twice."))
        return _response(reply)

    return call


def _reply(operation: Operation, request: Request, answer: Answer) -> Reply:
    if not operation.offered:
        raise NotFound("There is no such operation.")
    request.authorize()
    request.check()
    return answer(request)


def _told(resolver: APIGatewayRestResolver, problem: Problem) -> Reply:
    request_id = resolver.current_event.raw_event["requestContext"].get("requestId", "")
    headers = {"Cache-Control": PERSONAL}
    if problem.retry_after_s is not None:
        headers["Retry-After"] = str(problem.retry_after_s)
    return Reply(problem.body(request_id), problem.status, headers, CONTENT_TYPE)


def _response(reply: Reply) -> Response[str]:
    return Response(reply.status, reply.content_type, reply.body, headers=dict(reply.headers))
