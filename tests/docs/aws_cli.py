"""Commands of the AWS CLI in a text, held against the AWS SDK's own models."""

import re
import shlex
from collections.abc import Iterator

import botocore.session
import jmespath
from botocore import xform_name
from botocore.exceptions import UnknownServiceError

# The CLI's own, not a service's: https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-options.html
ANYWHERE = {"query", "output", "region", "profile", "cli-binary-format", "no-cli-pager", "max-items", "page-size"}
# Commands the CLI adds, with the options they may have here.
ADDED = {
    ("logs", "tail"): {"since", "follow", "format", "filter-pattern"},
    ("configure", "sso"): set(),
    ("sso", "login"): set(),
    ("rds", "generate-db-auth-token"): {"hostname", "port", "username"},
    ("rds", "wait"): {"db-instance-identifier"},
    ("dynamodb", "wait"): {"table-name"},
    ("lambda", "wait"): {"function-name"},
    ("cloudfront", "wait"): {"distribution-id", "id"},
}
COMMAND = re.compile(r"(?:^|[\n;|&(]\s*|\$\()aws (?=[a-z])")


def commands(text: str) -> Iterator[list[str]]:
    """Each call of `aws`, split as a shell does it; what follows it in its line is left out."""
    for found in COMMAND.finditer(text):
        line = _to_its_end(text[found.end() :])
        yield shlex.split(line, comments=True)


def _to_its_end(text: str) -> str:
    """Up to the bracket that closes a $( before the command, or the end of the line."""
    depth, quote = 0, ""
    for place, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"" and not (letter == '"' and text[place:].startswith('")')):
            quote = letter
        elif letter == "(":
            depth += 1
        elif letter == ")" and depth == 0:
            return text[:place]
        elif letter == ")":
            depth -= 1
        elif letter in "\n|;" or text[place:].startswith("&&"):
            return text[:place]
    return text


def fault(words: list[str]) -> str | None:
    """What the AWS CLI would not know of a command."""
    service, operation, *rest = words
    given = {word.removeprefix("--") for word in rest if word.startswith("--")} - ANYWHERE
    if (service, operation) in ADDED:
        unknown = given - ADDED[service, operation]
    else:
        try:
            model = botocore.session.get_session().get_service_model(service)
        except UnknownServiceError:
            return f"AWS has no service {service}"
        operations = {xform_name(each, "-"): each for each in model.operation_names}
        if operation not in operations:
            return f"{service} has no {operation}"
        found = model.operation_model(operations[operation])
        members = {xform_name(each, "-") for each in found.input_shape.members} if found.input_shape else set()
        unknown = {each for each in given if each.removeprefix("no-") not in members}
        answered = set(found.output_shape.members) if found.output_shape else set()
        asked = re.match(r"\[?(\w+)", jmespath.compile(_after("--query", rest)).expression)
        if asked and asked[1] not in answered:
            return f"{service} {operation} answers no {asked[1]}"
    return f"{service} {operation} has no --{', --'.join(sorted(unknown))}" if unknown else None


def _after(option: str, words: list[str]) -> str:
    """An option's value; what asks for nothing without it."""
    return words[words.index(option) + 1] if option in words else "@"
