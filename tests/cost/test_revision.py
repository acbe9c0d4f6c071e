"""A stack beside itself in an earlier revision."""

import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from cloudshelf.cli import main
from cloudshelf.cost import command, usage
from cloudshelf.cost.comparison import RevisionError, commit_of, difference, graph_at
from cloudshelf.cost.estimate import estimate
from cloudshelf.cost.prices import PriceList
from cloudshelf.graph.stacks import ROOT
from tests.captured import captured

PARTS = ("cloudshelf", "components", "functions", "phases", "schema", "storefront")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with two revisions: `before`, where phase2 has two NAT gateways, and a broken one after it."""
    root = tmp_path_factory.mktemp("project")
    for name in PARTS:
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in ROOT.iterdir():
        if path.suffix in (".py", ".txt", ".yaml"):
            shutil.copy(path, root)
    stack = root / "Pulumi.phase2.yaml"
    stack.write_text(stack.read_text().replace("natGateways: 1", "natGateways: 2"))
    git(root, "init", "--quiet")
    git(root, "add", "--all")
    git(root, "-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "--quiet", "--message=before")
    git(root, "tag", "before")
    (root / "settings.py").write_text("raise ValueError('not today')\n")
    git(root, "-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "--quiet", "--all", "--message=broken")
    return root


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True)  # noqa: S607


def test_the_stack_of_a_revision_is_that_of_its_own_program(project: Path, prices: PriceList) -> None:
    commit = commit_of("before", project)
    assert commit is not None
    before, after = graph_at(commit, "phase2", {}, project), captured("phase2", {})
    one, other = (estimate("phase2", graph, prices, usage.load("dev")) for graph in (before, after))
    changes = {change.price.key: change.quantities for change in difference(one, other)}
    assert {name: then - now for name, (then, now) in changes.items() if name != "nat-gb"} == {
        "nat-hour": Decimal(730),
        "public-ipv4": Decimal(730),
    }
    assert (project / "settings.py").read_text().startswith("raise"), "the working tree is left as it is"


def test_a_setting_is_tried_in_the_revision_too(project: Path) -> None:
    commit = commit_of("before", project)
    assert commit is not None
    graph = graph_at(commit, "phase2", {"natGateways": "1"}, project)
    assert len(graph.of("aws:ec2/natGateway:NatGateway")) == 1


def test_a_revision_whose_program_fails_says_why(project: Path) -> None:
    commit = commit_of("HEAD", project)
    assert commit is not None
    with pytest.raises(RevisionError, match=r"phase1 of .* cannot be captured: ValueError: not today"):
        graph_at(commit, "phase1", {}, project)


@pytest.mark.parametrize("name", ["nowhere", "--help", "", "before^{tree}"])
def test_what_is_no_commit_is_none(project: Path, name: str, tmp_path: Path) -> None:
    assert commit_of(name, project) is None
    assert commit_of("HEAD", tmp_path) is None


def test_the_command_shows_what_a_revision_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "commit_of", lambda name: "c0ffee" if name == "v1" else None)
    monkeypatch.setattr(command, "graph_at", lambda _commit, stack, _given: captured(stack, {"natGateways": "2"}))
    result = CliRunner().invoke(main, ["cost", "phase2", "--diff", "v1"])
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("phase2 at v1 $")
    assert "    -$32.85  VPC, NAT gateway: 1460 -> 730 " in result.stdout
    refused = CliRunner().invoke(main, ["cost", "phase2", "--diff", "v2"])
    assert "there is no stack 'v2'" in refused.output
