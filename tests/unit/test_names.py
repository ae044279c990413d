"""One name, one thing: no two public classes share one, or the reason is written here."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "training"

TOWN = "demo.town.shapes"  # the invented town, before it is rows: each shape is named for the table it becomes
API = ("web.api.inputs", "web.api.outputs")  # their names are those of the API's description: its contract

SHARED = {
    "Facilitator": TOWN,
    "Offer": TOWN,
    "Organisation": TOWN,
    "Partner": TOWN,
    "Place": TOWN,
    "Platform": TOWN,
    "Tariff": TOWN,
    "Venue": TOWN,
    "InvoiceLine": API,
    "NewBooking": API,
    "NewParticipant": API,
    "Participant": API,
}


def classes() -> dict[str, list[str]]:
    """The modules that define each public class."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(SOURCE.rglob("*.py")):
        module = ".".join(path.relative_to(SOURCE).with_suffix("").parts)
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(module)
    return found


def test_no_two_public_classes_share_a_name() -> None:
    shared = {name: modules for name, modules in classes().items() if len(modules) > 1}
    unexplained = {name: modules for name, modules in shared.items() if name not in SHARED or len(modules) > 2}
    assert unexplained == {}, "name each for what it is, or say in SHARED why they share it"
    assert sorted(SHARED) == sorted(shared), "reasons that are not needed any more"
    for name, modules in shared.items():
        assert set(modules) & set(SHARED[name] if isinstance(SHARED[name], tuple) else [SHARED[name]]), name


def test_the_classes_that_the_page_of_names_speaks_of_are_there() -> None:
    page = (ROOT / "docs" / "reference" / "names.md").read_text()
    named = set(re.findall(r"`([A-Z][a-z]+(?:[A-Z][a-z]+)*)`", page))
    assert named
    assert named - set(classes()) == set()
