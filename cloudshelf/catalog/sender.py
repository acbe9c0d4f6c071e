"""Puts one book into the catalogue through the admin API."""

from cloudshelf.catalog.importer import CalledOff, Failed, Hopeless, Outcome, Refused
from cloudshelf.catalog.judge import Book
from cloudshelf.catalog.record import Fault
from cloudshelf.client import ApiProblem, ClientError, GivenUp, NoAnswer, ShopClient
from cloudshelf.client.transport import BUSY

CREATED = 201
NOT_ALLOWED = {
    401: "the shop does not accept the sign-in any longer",
    403: "this account may not change the catalogue: it is not in the group admin",
}


class Sender:
    """PUT is idempotent: the same book sent twice is there once."""

    def __init__(self, client: ShopClient) -> None:
        self._client = client

    def put(self, book: Book) -> Outcome:
        body = {name: value for name, value in book.items() if name != "book_id"}
        try:
            answer = self._client.call("putBook", {"book_id": book["book_id"]}, body)
        except GivenUp as error:
            raise CalledOff from error
        except NoAnswer as error:
            raise Failed(Fault("the shop did not answer", str(error))) from error
        except ApiProblem as problem:
            raise _judged(problem) from problem
        except ClientError as error:
            raise Hopeless(str(error)) from error
        return Outcome.CREATED if answer.status == CREATED else Outcome.UPDATED


def _judged(problem: ApiProblem) -> Exception:
    if problem.status in NOT_ALLOWED:
        return Hopeless(NOT_ALLOWED[problem.status])
    if problem.status in BUSY:
        return Failed(Fault("the shop failed", str(problem)))
    detail = "; ".join([problem.detail, *(each for each in problem.errors if each not in problem.detail)])
    return Refused(Fault(f"refused by the shop: {problem.code}", f"refused by the shop: {problem.code}: {detail}"))
