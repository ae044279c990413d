"""Who funds what, over which days, and how much of it. No I/O."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from training.kernel.errors import Conflict, Invalid
from training.kernel.i18n import _
from training.kernel.money import BASIS
from training.kernel.render import day_year, share


@dataclass(frozen=True, slots=True)
class FundedShare:
    """A share of an offer, in basis points, over its funder's days; None is for ever, before or after."""

    share_bp: int
    since: date | None
    until: date | None

    def has(self, day: date) -> bool:
        """Whether it holds on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


def most_funded(shares: Iterable[FundedShare]) -> tuple[int, date | None]:
    """The largest sum of shares that hold on one day, and the first such day; None: from the beginning."""
    known = list(shares)
    days = [None, *sorted({part.since for part in known if part.since})]
    sums = [(sum(part.share_bp for part in known if _begun(part, day)), day) for day in days]
    return max(sums, key=lambda found: found[0])


def _begun(part: FundedShare, day: date | None) -> bool:
    return part.since is None if day is None else part.has(day)


def check_shares(shares: Iterable[FundedShare], *, field: str, offer: str | None = None) -> None:
    """Invalid, beside its field, when funders together would pay more than all of an offer on some day."""
    total, day = most_funded(shares)
    if total <= BASIS:
        return
    if offer is not None:
        words = _("« {offer} » serait payée à {total} par ses financeurs : 100 % au plus.")
    elif day is None:
        words = _("Avec cela, les financeurs paieraient {total} de cette offre : 100 % au plus.")
    else:
        words = _("Avec cela, les financeurs paieraient {total} de cette offre le {day} : 100 % au plus.")
    raise Invalid(words.format(total=share(total), offer=offer, day=day and day_year(day)), field=field)


_TYPED = re.compile(r"(\d{1,3})(?:[.,](\d{1,2}))?%?", re.ASCII)


def parse_share(text: str) -> int:
    """Basis points from what a person types ("40", "12,5 %"). ValueError, with a sentence, beyond 0 to 100."""
    match = _TYPED.fullmatch("".join(text.split()))
    if match is None:
        raise ValueError(_("Indiquez un pourcentage, par exemple 40 ou 12,5."))
    basis_points = int(match[1]) * 100 + int((match[2] or "0").ljust(2, "0"))
    if not 0 < basis_points <= BASIS:
        raise ValueError(_("Une part va de plus de 0 à 100 %. Laissez vide pour « soutenu par »."))
    return basis_points


def check_fundable(active: bool, until: date | None, today: date) -> None:
    """Conflict: who is archived, or whose period is over, funds nothing more."""
    if not active:
        raise Conflict(_("Ce financement est archivé : choisissez-en un autre, ou rouvrez-le."))
    if until is not None and until < today:
        raise Conflict(_("Ce financement s’est terminé le {day}.").format(day=day_year(until)))
