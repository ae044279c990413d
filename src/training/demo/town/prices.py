"""How the offers' price lists are written: one word per kind of client. The amounts stand with each offer."""

from __future__ import annotations

from training.demo.town.shapes import OrganisationKind, Tariff, TariffMode

_PUBLIC: tuple[OrganisationKind, ...] = ("commune", "intercommunality", "departement", "other_public", "school")

Price = tuple[TariffMode, int, int | None]


def flat(cents: int) -> Price:
    """One price for the booking, however many seats."""
    return ("flat", cents, None)


def per_seat(cents: int) -> Price:
    """So much for each seat."""
    return ("per_seat", cents, None)


def free(value_cents: int) -> Price:
    """Nothing to pay; `value_cents` is what the session is worth, for the funders' reports."""
    return ("free", 0, value_cents)


def price_list(
    *, public: Price, insertion: Price, association: Price, others: Price, school: Price | None = None
) -> tuple[Tariff, ...]:
    """The tariffs of an offer: public bodies alike (schools apart when said), `others` being also the companies'."""
    by_kind: dict[OrganisationKind | None, Price] = dict.fromkeys(_PUBLIC, public)
    if school is not None:
        by_kind["school"] = school
    by_kind |= {"insertion": insertion, "association": association, None: others}
    return tuple(Tariff(kind, *price) for kind, price in by_kind.items())
