"""What is changed of prices and of who funds them in the audited year."""

from __future__ import annotations

from datetime import timedelta

from training.catalogue.actions import funding, supporters, tariffs
from training.catalogue.rules.changing import Priced, TariffChange
from training.catalogue.rules.supporters import NewSupporter, SupporterKind
from training.catalogue.rules.tariffs import TariffMode
from training.kernel import clock
from training.kernel.actor import SYSTEM


async def price(offer: int) -> None:
    """A tariff that is planned and withdrawn."""
    later = clock.today() + timedelta(days=400)
    await tariffs.change_tariff(SYSTEM, offer, TariffChange((None,), Priced(TariffMode.FLAT, 40_000), later))
    await tariffs.withdraw_tariff(SYSTEM, offer, (None,), later)


async def fund(offer: int) -> None:
    """Who pays for it, and what is written of them."""
    new = NewSupporter(SupporterKind.FUNDER, "Région d’Essai", "https://region.example.org", "", 1, None)
    made = await supporters.add_supporter(SYSTEM, new)
    await supporters.edit_supporter(SYSTEM, made, new)
    await funding.fund(SYSTEM, offer, made, 4_000)
    await funding.stop_funding(SYSTEM, offer, made)
    await supporters.archive_supporter(SYSTEM, made)
    await supporters.name_again(SYSTEM, made)
