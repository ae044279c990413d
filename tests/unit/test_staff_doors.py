"""Whatever a client does in its space, the team does for them: each POST of web/portal has its door in web/office."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache

from test_rights import _imported, modules

import asking

# What the team reaches by another action, for the same end.
COUNTERPARTS = {
    "bookings.actions.booking.book": "bookings.actions.calls.take_call",
    "identity.actions.registration.register_organisation": "bookings.actions.calls.take_call",
    "billing.actions.client_facts.tell_for_invoice": "billing.actions.edit_draft.edit_draft",
}
# What is nobody's to do for them.
NOT_FOR_THEM = {
    "web.portal.invoices.pay": "whose card it is pays; the team records the payment that came another way",
    "web.portal.linked_invoice.pay": "the same, behind a mailed link",
    "web.portal.signin.send": "one's own sign-in",
    "web.portal.signin.enter_by_code": "the same",
    "web.portal.signin.enter_by_link": "the same",
    "web.portal.signin.leave": "the same",
}


def test_what_a_client_can_do_the_team_can_do_for_them() -> None:
    missing = {}
    for name in posts("web.portal"):
        if name in NOT_FOR_THEM:
            continue
        actions = reached(name)
        assert actions, f"{name}: a POST that reaches no action"
        missing[name] = {action for action in actions if COUNTERPARTS.get(action, action) not in by_the_office()}
    assert {name: actions for name, actions in missing.items() if actions} == {}
    assert len(missing) > 12


def test_what_is_excused_is_still_there() -> None:
    assert NOT_FOR_THEM.keys() <= set(posts("web.portal"))
    portal = {action for name in posts("web.portal") for action in reached(name)}
    assert COUNTERPARTS.keys() <= portal, "what has a counterpart is done in the space"


def test_this_sees_through_what_both_share() -> None:
    assert "bookings.actions.resizing.resize" in reached("web.portal.seats.change"), "through web/seats.py"
    assert "payments.actions.checkout.begin" in reached("web.portal.invoices.pay"), "through web/portal/payments.py"
    assert "bookings.actions.calls.take_call" in by_the_office()


@cache
def by_the_office() -> frozenset[str]:
    return frozenset(action for name in posts("web.office") for action in reached(name))


@cache
def functions() -> dict[str, tuple[ast.AST, dict[str, str], str]]:
    """Every function of web/, with what its module's names stand for."""
    found: dict[str, tuple[ast.AST, dict[str, str], str]] = {}
    for module, source in modules().items():
        if module.startswith("web."):
            known = _imported(source)
            for node in source.body:
                if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef):
                    found[f"{module}.{node.name}"] = (node, known, module)
    return found


def posts(audience: str) -> list[str]:
    return [
        name
        for name, (node, _known, module) in functions().items()
        if module.startswith(f"{audience}.")
        and any(ast.unparse(mark).startswith("post(") for mark in getattr(node, "decorator_list", []))
    ]


@cache
def reached(name: str) -> frozenset[str]:
    """The actions that a handler comes to, by itself or through what it calls of web/."""
    actions, seen, ahead = {action for action, _f in asking.public()}, {name}, [name]
    found = set()
    while ahead:
        for other in named(*functions()[ahead.pop()]):
            if other in actions:
                found.add(other)
            elif other in functions() and other not in seen:
                seen.add(other)
                ahead.append(other)
    return frozenset(found)


def named(node: ast.AST, known: dict[str, str], module: str) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name):
            yield known.get(inner.id, f"{module}.{inner.id}")
        elif isinstance(inner, ast.Attribute) and isinstance(inner.value, ast.Name) and inner.value.id in known:
            yield f"{known[inner.value.id]}.{inner.attr}"
