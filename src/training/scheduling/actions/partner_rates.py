"""What partners ask for, from which day on: a new rate follows the one before, which stays readable."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from training.directory.actions.partners import hold_partner
from training.kernel import clock, db
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, Invalid, NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.kernel.render import euros
from training.records.actions.acting import acting
from training.scheduling.rules import PartnerUnit
from training.scheduling.tables import PartnerRate

db.refuse(
    "partner_rate_day_once",
    lambda: Conflict(_("Un tarif commence déjà ce jour-là : archivez-le d’abord."), field="valid_from"),
)
RATE_MAX = 100_000_00  # cents: what is beyond is a slip of the keyboard


@dataclass(frozen=True, slots=True)
class NewPartnerRate:
    """A rate of a partner; `offer` None: for any offer that has none of its own."""

    unit: PartnerUnit
    amount_cents: int
    valid_from: date
    offer: int | None = None


async def add_partner_rate(actor: Actor, partner: int, new: NewPartnerRate) -> int:
    """What it asks for from a day on. Conflict: it is archived, or another rate begins on that day."""
    async with acting(actor, "partner-rate.add", ("partner", partner)) as change:
        actor.must(Permission.SESSIONS_PLAN)
        if not 0 <= new.amount_cents <= RATE_MAX:
            raise Invalid(
                _("Vérifiez ce montant : il dépasse {most}.").format(most=euros(RATE_MAX)), field="amount_cents"
            )
        await hold_partner(partner)
        row = PartnerRate(partner=partner, created_at=clock.now(), **asdict(new))
        made = int((await PartnerRate.insert(row).returning(PartnerRate.id))[0]["id"])
        change.edited("rate", None, [new.unit, new.amount_cents, new.valid_from])
    return made


async def archive_partner_rate(actor: Actor, rate: int) -> None:
    """It is asked for no longer. NotFound: there is none, or it was archived."""
    async with acting(actor, "partner-rate.archive") as change:
        actor.must(Permission.SESSIONS_PLAN)
        sql = """
            update partner_rate set archived_at = $2 where id = $1 and archived_at is null
            returning partner, unit, amount_cents, valid_from
        """
        found = await db.connection().fetchrow(sql, rate, clock.now())
        if found is None:
            raise NotFound(_("Ce tarif n’existe pas, ou est archivé."))
        change.about("partner", found["partner"])
        change.edited("rate", [found["unit"], found["amount_cents"], found["valid_from"]], None)
