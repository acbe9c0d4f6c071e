"""The shop's API from Python: operations by their id in the contract, sign-in, typed problems, retries."""

from cloudshelf.client.contract import Contract
from cloudshelf.client.problems import ApiProblem, ClientError, GivenUp, IdentityProblem, NoAnswer
from cloudshelf.client.shop import Answer, ShopClient
from cloudshelf.client.transport import Backoff

__all__ = [
    "Answer",
    "ApiProblem",
    "Backoff",
    "ClientError",
    "Contract",
    "GivenUp",
    "IdentityProblem",
    "NoAnswer",
    "ShopClient",
]
