"""One query gives one page of the office: what import-linter cannot see of the handlers that show them."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache

from source_reading import MODULES, Function, callee, calls, inside, name_of, tree

OFFICE = "web/office/"
GENERAL = {"web.pages", "web.office.page"}  # the platform, the alarms, a kept file: on every page, or in place of one
MANY = 2  # what is read in a loop is read more than once


def get_handlers() -> Iterator[tuple[str, ast.AsyncFunctionDef]]:
    for path in MODULES:
        if inside(path).startswith(OFFICE):
            for node in tree(path).body:
                if isinstance(node, ast.AsyncFunctionDef) and any(calls("get")(d) for d in node.decorator_list):
                    yield name_of(path), node


@cache
def functions_of(module: str) -> dict[str, Function]:
    path = next(p for p in MODULES if name_of(p) == module)
    return {node.name: node for node in tree(path).body if isinstance(node, Function)}


def reads(module: str, node: ast.AST) -> int:
    """How many reads below the web an expression asks for, or a statement of one way."""
    parts = [reads(module, child) for child in ast.iter_child_nodes(node)]
    if isinstance(node, ast.IfExp):
        return parts[0] + max(parts[1:])
    if isinstance(node, ast.For | ast.AsyncFor | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
        once = reads(module, node.iter if isinstance(node, ast.For | ast.AsyncFor) else node.generators[0].iter)
        return once + MANY * (sum(parts) - once)
    return sum(parts) + (reads_of_call(module, node) if isinstance(node, ast.Call) else 0)


def reads_of_call(module: str, call: ast.Call) -> int:
    where, name = callee(module, call) or ("", "")
    function = functions_of(where).get(name) if where and where not in GENERAL else None
    if function is None:
        return 0
    if where.startswith("web."):
        return longest_way(where, function.body)
    return int(isinstance(function, ast.AsyncFunctionDef) and ".formats." not in where)  # bytes are written, not read


def longest_way(module: str, body: Sequence[ast.stmt]) -> int:
    """The same of a function's body: where it parts, the way that reads more."""
    total = 0
    for n, statement in enumerate(body):
        if isinstance(statement, ast.If):
            rest = body[n + 1 :]
            ways = (longest_way(module, [*way, *rest]) for way in (statement.body, statement.orelse))
            return total + reads(module, statement.test) + max(ways)
        total += reads(module, statement)
        if isinstance(statement, ast.Return | ast.Raise):
            break
    return total


def test_one_query_gives_one_page_of_the_office() -> None:
    composing: dict[str, set[str]] = {}
    for module, handler in get_handlers():
        if longest_way(module, handler.body) > 1:
            composing.setdefault(module.removeprefix("web.office."), set()).add(handler.name)
    assert composing == {}, "a GET calls one query of reporting, whose value holds all that the page shows"


def test_a_page_is_shown_in_one_place() -> None:
    """As it stands, and again after a refusal: the same function shows both, from the same query."""
    shown = Counter(
        call.args[1].value
        for path in MODULES
        if inside(path).startswith(OFFICE)
        for call in ast.walk(tree(path))
        if isinstance(call, ast.Call) and calls("show")(call) and isinstance(call.args[1], ast.Constant)
    )
    assert shown
    assert [name for name, times in shown.items() if times > 1] == []


def test_counting_reads_knows_ways_and_loops() -> None:
    """This test would pass if it saw nothing."""
    module = "web.office.invoices.invoice"
    for source, wanted in (
        ("await reading.invoice_page(actor, name)", 1),
        ("if a:\n    return await reading.invoice(s, n)\nreturn await reading.invoice_page(s, n)", 1),
        ("await reading.invoice(s, n)\nawait reading.invoice_page(s, n)", 2),
        ("[await reading.invoice(s, n) for n in names]", MANY),
        ("for n in await reading.invoices_page(s):\n    pass", 1),
        ("await invoice_page(request, name)", 1),
        ("await kept_file(paper)", 0),
    ):
        assert longest_way(module, ast.parse(source).body) == wanted, source
