"""The library of example offers, with which of them are in the catalogue already."""

from __future__ import annotations

from dataclasses import dataclass

from training.catalogue.formats.examples import OfferExample, examples
from training.kernel import addresses, db
from training.kernel.errors import NotFound
from training.kernel.i18n import _


@dataclass(frozen=True, slots=True)
class ExampleShown:
    """An example; `adopted`: the page of an offer that bears its title, None while there is none."""

    example: OfferExample
    adopted: str | None


@dataclass(frozen=True, slots=True)
class OfficeExamples:
    """Every example, in the library's order."""

    items: tuple[ExampleShown, ...]


async def examples_page() -> OfficeExamples:
    """What the page of the library shows, in one statement."""
    known = list(examples().values())
    sql = "select title, min(slug) as slug from offer where title = any($1) group by title"
    rows = await db.connection().fetch(sql, [example.fields.title for example in known])
    pages = {record["title"]: addresses.office_offer(record["slug"]) for record in rows}
    return OfficeExamples(tuple(ExampleShown(example, pages.get(example.fields.title)) for example in known))


@dataclass(frozen=True, slots=True)
class OfficeExample:
    """One of them, and the next to read."""

    example: OfferExample
    adopted: str | None
    following: OfferExample | None


async def example_page(name: str) -> OfficeExample:
    """What the page of an example shows, in one statement. NotFound: there is none of that name."""
    items = (await examples_page()).items
    for n, shown in enumerate(items):
        if shown.example.name == name:
            following = items[n + 1].example if n + 1 < len(items) else None
            return OfficeExample(shown.example, shown.adopted, following)
    raise NotFound(_("Cet exemple n’existe pas."))
