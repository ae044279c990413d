"""The generated blocks of docs/reference: `python -m tests.docs_pages` rewrites them, test_docs.py checks them.

A block stands between `<!-- generated: name -->` and `<!-- /generated -->`; what is around it is written by hand.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path

import click

from training import reactions, timetable
from training.billing.rules.states import INVOICE_MOVES
from training.billing.rules.transmission import TRANSMISSION_MOVES
from training.bookings.rules.states import BOOKING_MOVES
from training.catalogue.rules.offers import OfferState
from training.cli import main
from training.directory.rules.organisations import OrganisationState
from training.identity.rules import (
    FACILITATOR_ROLES,
    ORGANISATION_ROLES,
    PARTNER_ROLES,
    PLATFORM_ROLES,
)
from training.kernel import addresses, limits
from training.kernel.links import TERMS, Purpose
from training.kernel.permissions import Permission
from training.messages.rules import MAIL_MOVES
from training.payments.rules.checkout import CHECKOUT_MOVES
from training.scheduling.rules import ASSIGNMENT_MOVES, SESSION_MOVES
from training.web.portal.links import DOORS

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "training"
PAGES = ROOT / "docs" / "reference"

BLOCK = re.compile(r"(<!-- generated: (?P<name>[\w-]+) -->\n).*?(<!-- /generated -->)", re.S)

MOVES: dict[str, Mapping[StrEnum, frozenset[StrEnum]]] = {
    "session": SESSION_MOVES,
    "assignment": ASSIGNMENT_MOVES,
    "booking": BOOKING_MOVES,
    "invoice": INVOICE_MOVES,
    "transmission": TRANSMISSION_MOVES,
    "checkout": CHECKOUT_MOVES,
    "mail": MAIL_MOVES,
}
STATES_ALONE: dict[str, type[StrEnum]] = {"organisation": OrganisationState, "offer": OfferState}
PLACES = {
    "the platform": PLATFORM_ROLES,
    "an organisation": ORGANISATION_ROLES,
    "a partner": PARTNER_ROLES,
    "as a facilitator": FACILITATOR_ROLES,
}


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    names = list(head)
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def code(*names: str) -> str:
    """Names as code, side by side."""
    return ", ".join(f"`{name}`" for name in names)


def first_sentence(thing: Callable[..., object] | type) -> str:
    """What a docstring's first line says."""
    return (inspect.getdoc(thing) or "").split("\n")[0]


# The command line


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, by its whole name."""

    def walk(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
        if isinstance(command, click.Group):
            for part, inner in command.commands.items():
                yield from walk(f"{name} {part}", inner)
        else:
            yield name, command

    yield from walk("training", main)


def help_of(name: str, command: click.Command) -> str:
    """What `--help` prints, whatever the width of the terminal."""
    context = click.Context(command, info_name=name, terminal_width=100, max_content_width=100)
    return command.get_help(context)


def cli_block(name: str, command: click.Command) -> str:
    """One command's help, as the terminal shows it."""
    return f"```text\n{help_of(name, command)}\n```"


# Facts


@cache
def words_of_putters() -> dict[str, frozenset[object]]:
    """Every constant of each module that calls `outbox.put`: the source is read once, not once a fact."""
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        if "outbox.put" not in (text := path.read_text()):
            continue
        nodes = list(ast.walk(ast.parse(text)))
        if any(isinstance(n, ast.Attribute) and ast.unparse(n) == "outbox.put" for n in nodes):
            words = frozenset(n.value for n in nodes if isinstance(n, ast.Constant))
            found[".".join(path.relative_to(SOURCE).with_suffix("").parts)] = words
    return found


def said_in(fact: str) -> list[str]:
    """The modules that put a fact: those that hold its name and call `outbox.put`."""
    return [module for module, words in words_of_putters().items() if fact in words]


def facts_block() -> str:
    """Each fact, where it is said, and who reacts."""
    rows = []
    for fact, answers in reactions.REACTIONS.items():
        for number, reaction in enumerate(answers):
            opening = [code(fact), code(*said_in(fact))] if number == 0 else ["", ""]
            words = first_sentence(reaction.run) + (" *(outside)*" if reaction.outside else "")
            rows.append([*opening, code(reaction.name), words])
    return table(["fact", "said in", "reaction", "what it does"], rows)


# Permissions


def roles_block() -> str:
    """Who holds what, and where."""
    rows = []
    for permission in Permission:
        held = [
            ", ".join(role.value for role, permissions in roles.items() if permission in permissions)
            for roles in PLACES.values()
        ]
        rows.append([code(permission.value), *held])
    return table(["permission", *PLACES], rows)


# States


def moves_block(moves: Mapping[StrEnum, frozenset[StrEnum]]) -> str:
    """A state table: what each state may become."""
    rows = [
        [code(state.value), code(*(s.value for s in type(state) if s in after)) if after else "– final"]
        for state, after in moves.items()
    ]
    return table(["state", "may become"], rows)


def states_block(states: type[StrEnum]) -> str:
    """States without a table of moves."""
    return code(*(state.value for state in states))


# Mailed links


def signers(purpose: Purpose) -> list[str]:
    """The modules that write links of a purpose."""
    return [
        ".".join(path.relative_to(SOURCE).with_suffix("").parts)
        for path in sorted(SOURCE.rglob("*.py"))
        if f"addresses.linked(Purpose.{purpose.name}," in path.read_text()
    ]


def links_block() -> str:
    """What each mailed link opens, what its holder may, how long, and what ends it sooner."""
    rows = []
    for purpose, door in DOORS.items():
        terms = TERMS[purpose]
        page, may = addresses.behind("…", purpose), sorted(p.value for p in door.may)
        lasts = f"{terms.life.days} days after {terms.since}"
        held = code(*may) or "only read"
        rows.append([code(purpose.value), code(page), door.opens, held, lasts, door.ends, code(*signers(purpose))])
    return table(["purpose", "page", "opens", "its holder may", "lasts", "over sooner when", "written by"], rows)


# Clock and mails


def timetable_block() -> str:
    """What happens by the clock."""
    rows = [[code(a.cron), code(a.name), first_sentence(a.run)] for a in timetable.TIMETABLE]
    return table(["cron", "entry point", "what it does"], rows)


# Limits


def limits_block() -> str:
    """Each limit: how many in which time, for whom they are counted together, and what counts."""
    rows = []
    for name, limit in vars(limits).items():
        if isinstance(limit, limits.Limit):
            window = {60: "an hour", 1440: "a day"}.get(minutes := int(limit.window.total_seconds()) // 60)
            rows.append([code(limit.name), str(limit.most), window or f"{minutes} minutes", limit.per, takers(name)])
    return table(["limit", "uses", "in", "counted for each", "by"], rows)


def takers(name: str) -> str:
    """The modules that use a limit."""
    paths = [path for path in sorted(SOURCE.rglob("*.py")) if f"limits.{name}," in path.read_text()]
    return code(*(".".join(path.relative_to(SOURCE).with_suffix("").parts) for path in paths))


def writers(occasion: str) -> list[str]:
    """The functions of messages.actions that name an occasion."""
    found = []
    for path in sorted((SOURCE / "messages" / "actions").glob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef) and any(
                isinstance(n, ast.Constant) and n.value == occasion for n in ast.walk(node)
            ):
                found.append(f"{path.stem}.{node.name}")
    return found


def blocks() -> dict[str, dict[str, str]]:
    """page → block → what it must hold."""
    return {
        "cli.md": {slug(name): cli_block(name, command) for name, command in commands()},
        "facts.md": {"facts": facts_block()},
        "limits.md": {"limits": limits_block()},
        "links.md": {"links": links_block()},
        "permissions.md": {"roles": roles_block()},
        "states.md": {
            **{name: states_block(states) for name, states in STATES_ALONE.items()},
            **{name: moves_block(moves) for name, moves in MOVES.items()},
        },
        "timetable.md": {"timetable": timetable_block()},
    }


def slug(name: str) -> str:
    """ "training db backup" → "training-db-backup"."""
    return name.replace(" ", "-")


def renewed(text: str, contents: Mapping[str, str]) -> str:
    """A page with its blocks as they should be. KeyError for a block that nothing fills."""
    return BLOCK.sub(lambda m: f"{m[1]}{contents[m['name']]}\n{m[3]}", text)


def names_of_blocks(text: str) -> list[str]:
    """The blocks a page has."""
    return [match["name"] for match in BLOCK.finditer(text)]


def rewrite() -> list[str]:
    """Bring every page up to date; returns the names of those that changed."""
    changed = []
    for page, contents in blocks().items():
        path = PAGES / page
        before = path.read_text()
        if (after := renewed(before, contents)) != before:
            path.write_text(after)
            changed.append(page)
    return changed


if __name__ == "__main__":
    print("\n".join(rewrite()) or "docs/reference is up to date")
