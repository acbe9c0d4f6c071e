"""A Pulumi project of its own for a stack of the local cloud: settings, state and passphrase are not the checkout's.

The program is the checkout's. What the CLI writes into stack files stays in this folder.
"""

import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from cloudshelf import yaml_file
from cloudshelf.local.engine import language

# Pulumi's own plugins that the program's libraries ask for besides; nothing of them is used.
PACKAGES = ("aws", "awsx", "docker", "docker-build")
# Guards nothing: the state is on this machine, of a cloud on this machine.
PASSPHRASE = "local"  # noqa: S105
LINKS = (".venv", "policies")


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """`folder` is where `pulumi` is run; `script` exports, for a shell, what it needs there: `environment`, and at the
    end of PATH the folders of `programs`.
    """

    folder: Path
    environment: dict[str, str]
    programs: list[Path]

    @property
    def script(self) -> Path:
        return self.folder / "pulumi.sh"


def prepare(folder: Path, root: Path, stack: str, port: int) -> Workspace:
    """`port` is the provider's. A stack file that is there is kept: it has the settings of the stack that is there."""
    state = folder / "state"
    state.mkdir(parents=True, exist_ok=True)
    project: dict[str, Any] = yaml_file.read(root / "Pulumi.yaml")
    project["main"] = str(root)
    project["runtime"]["options"]["virtualenv"] = str(root / ".venv")
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump(project, sort_keys=False))
    if not (file := folder / f"Pulumi.{stack}.yaml").exists():
        shutil.copyfile(root / file.name, file)
    for name in LINKS:
        if not (folder / name).is_symlink() and (root / name).exists():
            (folder / name).symlink_to(root / name)
    workspace = Workspace(
        folder=folder,
        environment={
            "PULUMI_BACKEND_URL": f"file://{state}",
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_DEBUG_PROVIDERS": ",".join(f"{package}:{port}" for package in PACKAGES),
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_STACK": stack,
        },
        programs=[] if shutil.which(language.NAME) else [language.install(folder / "bin").parent],
    )
    lines = [f"export {name}={shlex.quote(value)}" for name, value in workspace.environment.items()]
    lines += [f'export PATH="$PATH:"{shlex.quote(str(path))}' for path in workspace.programs]
    workspace.script.write_text("".join(f"{line}\n" for line in lines))
    return workspace
