"""docs/reference says everything there is, and nothing that is not. Stale blocks: `python -m tests.docs_pages`."""

from __future__ import annotations

import ast
import inspect
import re
from enum import StrEnum
from importlib import import_module
from pathlib import Path

import pytest
from croniter import croniter

import docs_pages
from docs_pages import PAGES, ROOT, SOURCE
from training import reactions, timetable
from training.demo import letters
from training.identity.rules import OWN
from training.kernel import settings
from training.kernel.permissions import Permission

BLOCKS = docs_pages.blocks()
MAILS = SOURCE / "templates" / "mail"
EXTENSION = re.compile(r"create extension (?:if not exists )?(\w+)")


def page(name: str) -> str:
    return (PAGES / name).read_text()


def by_hand(name: str) -> str:
    """A page without its generated blocks."""
    return docs_pages.BLOCK.sub("", page(name))


def first_cells(text: str) -> list[str]:
    """The names in the first column of the tables of a text."""
    return re.findall(r"^\| `([^`]+)` \|", text, re.M)


@pytest.mark.parametrize("name", BLOCKS)
def test_generated_blocks_are_current(name: str) -> None:
    text = page(name)
    assert docs_pages.names_of_blocks(text) == list(BLOCKS[name]), "a block is missing, or is in another order"
    assert docs_pages.renewed(text, BLOCKS[name]) == text, f"{name} is stale: python -m tests.docs_pages"


def test_a_stale_block_would_be_seen() -> None:
    text = "before\n<!-- generated: facts -->\nold\n<!-- /generated -->\nafter"
    assert docs_pages.renewed(text, {"facts": "new"}) == text.replace("old", "new")


@pytest.mark.parametrize("path", sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]), ids=lambda p: p.name)
def test_links_lead_somewhere(path: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", path.read_text())
    assert [t for t in targets if not (path.parent / t).exists()] == []


def test_settings() -> None:
    assert first_cells(page("settings.md")) == list(settings.NAMES)
    assert {field.upper() for field in settings.Settings.__slots__} == set(settings.NAMES)


def test_a_host_is_told_which_extensions_are_created() -> None:
    made = {name for path in (SOURCE / "migrations").glob("m*.py") for name in EXTENSION.findall(path.read_text())}
    assert made
    guide = (ROOT / "docs" / "guides" / "hosting.md").read_text()
    assert {name for name in made if f"`{name}`" not in guide} == set()


def test_commands_have_a_word_of_their_own() -> None:
    sections = dict(re.findall(r"^## (training [^\n]+)\n\n(.*?)(?=^## |\Z)", by_hand("cli.md"), re.M | re.S))
    assert list(sections) == [name for name, _command in docs_pages.commands()]
    assert [name for name, words in sections.items() if len(words.strip()) < 20] == []


def test_every_option_is_explained() -> None:
    """Click shows an option without help as a bare name."""
    bare = [
        f"{name} {option.opts[0]}"
        for name, command in docs_pages.commands()
        for option in command.params
        if option.param_type_name == "option" and not option.help
    ]
    assert bare == []
    assert [name for name, command in docs_pages.commands() if not command.help] == []


def put_constants() -> set[str]:
    """The facts that are put under their own name."""
    calls = (
        node
        for path in SOURCE.rglob("*.py")
        if "outbox.put" in (text := path.read_text())
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "outbox.put"
    )
    return {call.args[0].value for call in calls if isinstance(call.args[0], ast.Constant)}


def test_every_fact_has_a_reaction_and_is_said_somewhere() -> None:
    assert put_constants() <= set(reactions.REACTIONS)
    assert [fact for fact in reactions.REACTIONS if not docs_pages.said_in(fact)] == []


def test_reactions_take_an_actor_and_an_id() -> None:
    for name, reaction in reactions.BY_NAME.items():
        kinds = [p.annotation for p in inspect.signature(reaction.run).parameters.values()]
        assert kinds[:2] == ["Actor", "int"], name
        assert docs_pages.first_sentence(reaction.run), name
    runs = {reaction.run for answers in reactions.REACTIONS.values() for reaction in answers}
    assert len(reactions.BY_NAME) == len(runs), "two reactions share a name"


def test_permissions() -> None:
    allowed, _mark, _asked = by_hand("permissions.md").partition("## What each action asks")
    assert first_cells(allowed) == [p.value for p in Permission]
    held = set().union(*(there for roles in docs_pages.PLACES.values() for there in roles.values()))
    assert held | OWN | {Permission.PLATFORM_RUN} == set(Permission), "a permission that nobody holds"


def test_every_state_is_on_the_page() -> None:
    found: set[type[StrEnum]] = set()
    for path in SOURCE.rglob("rules*"):
        for file in [path] if path.suffix == ".py" else path.glob("*.py") if path.is_dir() else []:
            module = import_module(".".join(("training", *file.relative_to(SOURCE).with_suffix("").parts)))
            found |= {
                thing
                for name, thing in vars(module).items()
                if inspect.isclass(thing) and issubclass(thing, StrEnum) and name.endswith("State")
            }
    shown = {type(next(iter(moves))) for moves in docs_pages.MOVES.values()} | set(docs_pages.STATES_ALONE.values())
    assert found <= shown
    assert {thing for thing in shown if thing.__name__.endswith("State")} == found


def test_the_timetable_avoids_the_hour_that_comes_twice() -> None:
    for appointment in timetable.TIMETABLE:
        assert croniter.is_valid(appointment.cron), appointment.name
        hours = croniter.expand(appointment.cron)[0][1]
        assert "*" in hours or 2 not in hours, appointment.name
        assert appointment.why
        assert docs_pages.first_sentence(appointment.run), appointment.name


def test_mails() -> None:
    folders = {path.name for path in MAILS.iterdir() if path.is_dir()}
    rows = first_cells(page("mails.md"))
    assert len(rows) == len(set(rows))
    assert set(rows) == folders
    for occasion in folders:
        assert {"subject.txt", "text.txt", "body.html"} <= {path.name for path in (MAILS / occasion).iterdir()}
        assert docs_pages.writers(occasion), f"nothing writes {occasion}"


def test_mails_can_be_previewed() -> None:
    assert set(letters.OCCASIONS) == {path.name for path in MAILS.iterdir() if path.is_dir()}


def test_mails_say_who_reads_them() -> None:
    readers = dict(re.findall(r"^\| `([^`]+)` \| ([^|]+) \|", page("mails.md"), re.M))
    for occasion in letters.OCCASIONS:
        letter, _platform = letters.sample(occasion)
        for person, words in ((letters.TEAM, "team"), (letters.FACILITATOR, "facilitator")):
            assert (letter.to == person) == (readers[occasion] == words), occasion
