"""`cloudshelf catalog`: a shop's own books from a file."""

import json
import os
from pathlib import Path
from typing import Any

import click

from cloudshelf.catalog.import_run import Request, Result, as_json, as_text, rejects_as_text, run
from cloudshelf.catalog.options import Choices, UnusableChoice
from cloudshelf.catalog.record import FileProblem
from cloudshelf.client import ClientError, Contract
from cloudshelf.client.shop import LOCAL_SHOP, require_listener, shop_address
from cloudshelf.terminal import Account, local_admin, say

PASSWORD = "CLOUDSHELF_PASSWORD"  # noqa: S105 - the name of a variable
OK, COULD_NOT_RUN, SOME_REJECTED, INTERRUPTED = 0, 1, 3, 130

HELP = f"""Import books from FILE into a shop's catalogue.

FILE is CSV with a header (comma, semicolon or tab; UTF-8), or JSON: an array of objects, {{"books": [...]}}, or an
object a line. Every row is checked by the shop's own rules. What cannot be imported is reported with its line and
every reason; the rest goes through the admin API. Importing a file again doubles nothing: a book is known by its
ISBN, and the stock of a book that exists stays as it is.

The password comes from {PASSWORD}, or is asked for. The shop that runs on this machine needs neither: its demo
admin is used.

\b
Examples:
  cloudshelf catalog import my-books.csv --dry-run --rejects rejected.csv
  cloudshelf catalog import my-books.csv --map "Titel=title" --default-category Fiction
  cloudshelf catalog import books.json --url https://shop.example.com --email you@example.com --json

\b
Exit codes:
  0    every row was imported
  1    the import could not run, or gave up before the end
  2    wrong options
  3    some rows were rejected, the rest was imported
  130  stopped with Ctrl-C, after what was under way
"""


def _shop(_context: click.Context, _parameter: click.Parameter, url: str) -> str:
    try:
        return shop_address(url)
    except ValueError as problem:
        raise click.BadParameter(str(problem)) from problem


@click.group()
def catalog() -> None:
    """Work on a shop's catalogue.

    \b
    Examples:
      cloudshelf catalog import my-books.csv --dry-run             what would be rejected, and why
      cloudshelf catalog import my-books.csv --default-stock 3
      cloudshelf catalog import books.json --url https://shop.example.com --email you@example.com --json
    """


@catalog.command("import", help=HELP)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--url", default=LOCAL_SHOP, show_default=True, callback=_shop, help="Address of the shop.")
@click.option("--email", help="Account of an admin of the shop.")
@click.option("--map", "mapping", multiple=True, metavar="COLUMN=FIELD", help="Column for a field; may be repeated.")
@click.option("--default-price", metavar="AMOUNT", help="Price of rows that have none.")
@click.option("--default-stock", metavar="COPIES", help="Stock of rows that have none.")
@click.option("--default-category", metavar="NAME", help="Category of rows that have none.")
@click.option("--rejects", type=click.Path(dir_okay=False, path_type=Path), help="Write what is rejected to this CSV.")
@click.option("--start-line", type=click.IntRange(min=1), default=1, help="Send only rows from this line on.")
@click.option("--workers", type=click.IntRange(1, 32), default=4, show_default=True, help="Requests at a time.")
@click.option("--dry-run", is_flag=True, help="Check the file; send nothing, sign in nowhere.")
@click.option("--json", "json_output", is_flag=True, help="Print the summary as JSON.")
def import_books(
    *, file: Path, url: str, email: str | None, dry_run: bool, json_output: bool, rejects: Path | None, **options: Any
) -> None:
    if rejects and rejects.exists() and rejects.samefile(file):
        raise click.UsageError("--rejects is FILE itself; name another file.")
    try:
        request = Request(
            path=file,
            url=url,
            choices=Choices.of(Contract.load().schema("NewBook"), options),
            workers=options["workers"],
            start_line=options["start_line"],
            rejects=rejects,
            account=None if dry_run else _account(url, email),
        )
        result = run(request)
    except UnusableChoice as problem:
        raise click.UsageError(str(problem)) from problem
    except (FileProblem, ClientError, OSError) as problem:
        raise click.ClickException(str(problem)) from problem
    _tell(result, json_output=json_output, rejects=rejects)
    raise SystemExit(_exit_code(result))


def _account(url: str, email: str | None) -> Account:
    require_listener(url)
    if email is None:
        known = local_admin(url)
        if known is None:
            raise UnusableChoice("Who are you? Give --email, an account in the shop's group admin.")
        return known
    password = os.environ.get(PASSWORD) or click.prompt(f"Password of {email}", hide_input=True, err=True)
    return Account(email, password)


def _tell(result: Result, *, json_output: bool, rejects: Path | None) -> None:
    if json_output:
        say(json.dumps(as_json(result.summary, result.shown), indent=2))
        return
    for line in rejects_as_text(result.summary, result.shown, rejects):
        say(line, error=True)
    for line in as_text(result.summary, checked_only=result.checked_only):
        say(line)


def _exit_code(result: Result) -> int:
    if result.summary.stopped:
        return COULD_NOT_RUN
    if result.interrupted:
        return INTERRUPTED
    return SOME_REJECTED if result.summary.rejected else OK
