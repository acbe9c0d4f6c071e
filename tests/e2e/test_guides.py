"""What a guide tells to type while the shop runs on this machine works as it stands."""

import subprocess

from cloudshelf.local.cloud import LocalCloud
from tests.docs.pages import blocks


def test_the_lines_of_the_guides_work(cloud: LocalCloud) -> None:
    here = [block for block in blocks() if block.local_stack == cloud.stack]
    assert here
    for block in here:
        script = block.text.replace("http://127.0.0.1:8000", cloud.url)
        done = subprocess.run(
            ["/bin/bash", "-euo", "pipefail", "-c", script], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{block}: {done.stderr}"
        assert done.stdout.strip(), block
        assert '"status": 5' not in done.stdout, f"{block}: {done.stdout}"
