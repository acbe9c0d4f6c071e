"""What checks may look at."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from cloudshelf.aws_account import AwsAccount
from cloudshelf.chosen_stack import ChosenStack
from cloudshelf.doctor.finding import Finding
from settings import Settings


@dataclass(frozen=True, kw_only=True)
class Inquiry:
    """A stack, and the account it is to go into."""

    stack: ChosenStack
    account: AwsAccount

    @property
    def settings(self) -> Settings:
        return self.stack.settings

    def owns(self, tags: Mapping[str, str]) -> bool:
        """Whether something with these tags is this stack's own."""
        return bool(self.stack.tags) and self.stack.tags.items() <= tags.items()

    def has(self, token: str) -> bool:
        return bool(self.stack.graph.of(token))


Check = Callable[[Inquiry], Iterator[Finding]]


def configure(key: str, value: str, stack: str) -> str:
    """The command that sets a setting of a stack."""
    return f"pulumi config set cloudshelf:{key} {value} -s {stack}"
