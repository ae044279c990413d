"""Make the files that keep a release: a database that lived, and its jobs. Run once, when a release is tagged.

    .venv/bin/python tests/release/make.py v0.1.0

The release's code comes from its tag, its libraries from this .venv: install the release's lock when it differs. Two
files are written beside this one and committed: `<tag>.backup.xz`, the release's own `training db backup`, and
`<tag>.jobs`, one job of the queue a line. `people.py` speaks of 0.1.0's modules: for another release, look at it first.
"""

from __future__ import annotations

import lzma
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from training.postgresql import embedded

HERE = Path(__file__).parent
LARGEST = 500_000  # bytes of a file that everybody clones


def make(tag: str) -> None:
    """People a database with the code of `tag`, in a worktree of its own, and keep it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL's account passes through, when this is root
        git = ["git", "-C", HERE, "worktree"]
        subprocess.run([*git, "add", "--detach", folder / "code", tag], check=True)
        try:
            environment = os.environ | {"PYTHONPATH": str(folder / "code" / "src"), "DATA_DIR": str(folder / "data")}
            with embedded.running(folder / "data", settings={"fsync": "off"}) as dsn:
                subprocess.run([sys.executable, HERE / "people.py", dsn, folder], check=True, env=environment)
        finally:
            subprocess.run([*git, "remove", "--force", folder / "code"], check=True)
        packed = lzma.compress((folder / "backup").read_bytes(), preset=9 | lzma.PRESET_EXTREME)
        jobs = (folder / "jobs").read_bytes()
    if len(packed) > LARGEST:
        sys.exit(f"{len(packed)} bytes are more than {LARGEST}: keep fewer sessions, or fewer papers")
    (HERE / f"{tag}.backup.xz").write_bytes(packed)
    (HERE / f"{tag}.jobs").write_bytes(jobs)
    print(f"{tag}: {len(packed)} bytes, {len(jobs.splitlines())} jobs")


if __name__ == "__main__":
    make(sys.argv[1])
