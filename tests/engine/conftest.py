"""Each stack made by the Pulumi CLI in a local cloud of its own, from a copy of the program that tests may change."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cloudshelf.local.engine import workspace
from cloudshelf.local.engine.cloud import EngineCloud
from cloudshelf.local.engine.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = (
    "__main__.py",
    "settings.py",
    "config_reader.py",
    "components",
    "functions",
    "phases",
    "policies",
    "schema",
    "storefront",
)
SECONDS = 300
REQUIRED = os.environ.get("REQUIRE_ENGINE") == "1"
# A group is run by one worker of pytest-xdist, so that each stack is made once, and its tests come in their order.
STACKS = [pytest.param(stack, marks=pytest.mark.xdist_group(stack)) for stack in ("phase1", "enhanced", "phase2")]


@dataclass(kw_only=True)
class Engine:
    """A stack's cloud, and the CLI as its reader runs it. `root` is the copy of the program."""

    pulumi: str
    stack: str
    root: Path
    cloud: EngineCloud
    workspace: Workspace

    def run(self, *arguments: str, fails: bool = False) -> str:
        """What the CLI said."""
        environment = {**os.environ, **self.workspace.environment, "PULUMI_SKIP_UPDATE_CHECK": "true", "NO_COLOR": "1"}
        environment["PATH"] = os.pathsep.join([os.environ["PATH"], *map(str, self.workspace.programs)])
        command = [self.pulumi, *arguments, "--non-interactive"]
        done = subprocess.run(
            command,
            cwd=self.workspace.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert bool(done.returncode) == fails, f"{' '.join(command)}: {done.stdout[-6000:]}{done.stderr[-3000:]}"
        return done.stdout + done.stderr

    def preview(self) -> dict[str, str]:
        """What `pulumi up` would do: an operation by resource, those that stay the same left out."""
        text = self.run("preview", "--json")
        steps: list[dict[str, Any]] = json.loads(text[text.index("{\n") : text.rindex("}") + 1])["steps"]
        return {step["urn"].rpartition("::")[2]: step["op"] for step in steps if step["op"] != "same"}

    def up(self) -> str:
        return self.run("up", "--yes", "--skip-preview")


@pytest.fixture(scope="session")
def pulumi() -> str:
    found = shutil.which("pulumi")
    if found is None:
        message = "the Pulumi CLI is not on PATH: https://www.pulumi.com/docs/install/"
        if REQUIRED:
            raise FileNotFoundError(message)
        pytest.skip(message)
    return found


def copy(root: Path) -> Path:
    for name in (*PROGRAM, "Pulumi.yaml", *(path.name for path in ROOT.glob("Pulumi.*.yaml"))):
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile)(ROOT / name, root / name)
    # Artefacts are found by their contents, so they may be made once for all.
    (ROOT / ".build").mkdir(exist_ok=True)
    (root / ".build").symlink_to(ROOT / ".build")
    return root


@pytest.fixture(scope="session", params=STACKS)
def engine(request: pytest.FixtureRequest, pulumi: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A cloud with nothing in it, and a stack that was initialised."""
    stack: str = request.param
    root = copy(tmp_path_factory.mktemp("program"))
    folder = tmp_path_factory.mktemp("cloud") / stack
    with EngineCloud(stack=stack, port=0, root=ROOT, folder=folder) as cloud:
        made = workspace.prepare(cloud.folder / "pulumi", root, stack, cloud.provider.port)
        running = Engine(pulumi=pulumi, stack=stack, root=root, cloud=cloud, workspace=made)
        running.run("stack", "init", stack)
        yield running
