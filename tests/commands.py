"""A command of ours, as a host runs it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path


async def training(dsn: str, home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "training", *words]
    environ = {"DATABASE_URL": dsn, "DATA_DIR": str(home), "SECRET_KEY": "x" * 40}
    return await asyncio.to_thread(subprocess.run, command, env=environ, capture_output=True, text=True, check=False)
