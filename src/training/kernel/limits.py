"""How often something may be done, by whom or to whom: the one place for limits, counted in PostgreSQL.

Every process of an installation counts in the same table. What a caller keeps of a use is a digest: no address is here.
How fast programs may ask is another matter, in each process's memory: `web/api/throttle.py`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from training.kernel import clock, db
from training.kernel.errors import TooMany
from training.kernel.i18n import N_, _
from training.kernel.render import hour, moment

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Limit:
    """`most` uses in any `window` for each `per`; `words` begin the sentence that says so, and when to try again.

    `name` stands in the table: it never changes.
    """

    name: str
    most: int
    window: timedelta
    per: str
    words: str


# A stranger who asks in somebody's name keeps only themselves out; twenty an hour is what a mailbox can bear.
SIGNIN_PAIR = Limit("signin.pair", 5, QUARTER, "address and network", N_("Trop de demandes de connexion."))
SIGNIN_ADDRESS = Limit("signin.address", 20, HOUR, "address", N_("Trop de demandes de connexion pour cette adresse."))
SIGNIN_NETWORK = Limit(
    "signin.network", 30, QUARTER, "network", N_("Trop de demandes de connexion.")
)  # a town hall is one address
# As many as a telephone rings; each is written to whom it lets in.
READ_OUT = Limit("signin.read-out", 20, HOUR, "account of the team", N_("Beaucoup de codes donnés en peu de temps."))
# Each is looked at by somebody, and mails the team.
REGISTERED = Limit(
    "registration.account", 3, DAY, "account", N_("Vous avez déjà inscrit plusieurs structures aujourd’hui.")
)
REGISTERED_FROM = Limit(
    "registration.network", 10, DAY, "network", N_("Trop d’inscriptions aujourd’hui depuis votre réseau.")
)
# Nobody has looked at who asks, and seats are held meanwhile.
BOOKED_UNKNOWN = Limit(
    "booking.unknown",
    10,
    DAY,
    "organisation that nobody approved yet",
    N_("Votre structure n’est pas encore validée, et a déjà fait plusieurs demandes."),
)
BOOKED = Limit("booking.person", 60, HOUR, "account", N_("Beaucoup de réservations en peu de temps."))
# Mails to people who asked us nothing.
INVITED_PEOPLE = Limit(
    "invited.people",
    500,
    DAY,
    "organisation; addresses, and not those that were on the list already",
    N_("Beaucoup d’adresses ont été données aujourd’hui."),
)
INVITED_COLLEAGUES = Limit(
    "invited.colleagues", 20, DAY, "organisation", N_("Beaucoup de collègues ont été invités aujourd’hui.")
)
# A program that has the wrong key asks again and again; whoever tries keys has 2¹⁹² of them before them.
WRONG_KEY = Limit("key.wrong", 20, QUARTER, "network", N_("Trop de clés refusées."))

LIMITS = (
    SIGNIN_PAIR,
    SIGNIN_ADDRESS,
    SIGNIN_NETWORK,
    READ_OUT,
    REGISTERED,
    REGISTERED_FROM,
    BOOKED_UNKNOWN,
    BOOKED,
    INVITED_PEOPLE,
    INVITED_COLLEAGUES,
    WRONG_KEY,
)


async def take(limit: Limit, *whose: object, amount: int = 1) -> None:
    """Use some of a limit, in the caller's transaction: what does not happen is not counted. TooMany, with when."""
    key = hashlib.sha256("\n".join(map(str, (limit.name, *whose))).encode()).digest()
    # one at a time per limit and key: two uses at once must see each other
    await db.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"limit:{key.hex()}")
    now = clock.now()
    if amount > limit.most:
        raise _too_many(limit, now + limit.window, now)
    full = await db.value(_FULL, limit.name, key, now - limit.window, amount, limit.most)
    if full is not None:
        raise _too_many(limit, full + limit.window, now)
    sql = "insert into limit_use (name, key, amount, at) values ($1, $2, $3, $4)"
    await db.execute(sql, limit.name, key, amount, now)


def _too_many(limit: Limit, free: datetime, now: datetime) -> TooMany:
    wait = max(1, int((free - now).total_seconds()))
    if wait <= HOUR.total_seconds():
        words = _("Réessayez dans {minutes} min, à {hour}.").format(minutes=-(-wait // 60), hour=hour(free))
    else:
        words = _("Réessayez à partir du {moment}.").format(moment=moment(free))
    return TooMany(f"{_(limit.words)} {words}", retry_after=wait)


async def forget_uses() -> None:
    """Forget what no limit counts any more."""
    async with db.atomic():
        longest = max(limit.window for limit in LIMITS)
        await db.execute("delete from limit_use where at < $1", clock.now() - longest)


# The newest use that has to be over first: with it and those after it, this one would be too many.
_FULL = """
    select max(at) from (
        select at, sum(amount) over (order by at desc, id desc) as used
        from limit_use where name = $1 and key = $2 and at > $3
    ) uses where used + $4 > $5
"""
