"""What tests keep from one run to the next, for all their processes: the files of the server, the faces once cut."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).parents[1]
KEPT = Path(os.environ.get("DATA_DIR", ROOT / "var")).resolve() / "tests"


def lend_faces(data_dir: Path) -> None:
    """The faces that are cut once for all runs and all their processes, in a DATA_DIR of a test's own."""
    kept = KEPT / "faces"
    kept.mkdir(parents=True, exist_ok=True)
    (data_dir / "faces").symlink_to(kept)
