"""Make (once) a platform on its first day in DATABASE_URL, and print links to come in as each of its people."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import makers
from training.identity.actions import signin
from training.kernel import db, migrate, settings
from training.kernel.actor import SYSTEM


async def main() -> None:
    now = settings.load()
    settings.use(now)
    async with db.connected(os.environ["DATABASE_URL"], size=2):
        await migrate.migrate()
        if not await db.value("select exists (select from platform)"):
            await makers.make_platform(issue_without_look=False)
            await makers.make_organisation()
            await makers.make_facilitator()
            await makers.make_staff()
        people = (("staff", "equipe"), ("organisation", "rh@mairie"), ("facilitator", "anime"))
        for who, local in people:
            email = f"{local}.example.org" if "@" in local else f"{local}@example.org"
            print(f"{who}_link={now.base_url}/connexion/lien/{await signin.open_door(SYSTEM, email)}")


asyncio.run(main())
