"""Every address in a template, a mail, a calendar or a feed is a route of the application, by that method."""

from __future__ import annotations

import inspect
import itertools
import re
from collections.abc import Iterator
from functools import cache

import pytest
from jinja2 import nodes
from litestar.handlers import HTTPRouteHandler

from training.app import create_app
from training.kernel import addresses, render, settings
from training.kernel.links import Purpose

ANY = "\0"  # where a template puts a value
STATIC = ("/static/",)  # files, served beside the routes

# In what a template writes itself; what its macros are given is found among the constants.
ATTRIBUTE = re.compile(
    r'<(?P<tag>\w+)\b(?P<rest>[^<>]*?)\b(?:href|action|formaction|src)="(?P<path>[^"]*)(?P<end>[^<>]*)'
)


@cache
def routes() -> list[tuple[str, list[str]]]:
    """(method, segments) of every route; a parameter is `{…}`."""
    return [
        (method, route.path.strip("/").split("/"))
        for route in create_app().routes
        for handler in getattr(route, "route_handlers", [])
        if isinstance(handler, HTTPRouteHandler)
        for method in handler.http_methods
    ]


def leads_somewhere(method: str, address: str) -> bool:
    """Whether a route answers. A value fills one segment, or part of one, or is the words after the path."""
    path = re.split(r"[?# ]", address)[0]
    spots = path.count(ANY)
    for filled in itertools.product(("1\0", ""), repeat=spots):
        given = iter(filled)
        concrete = re.sub(ANY, lambda _m, given=given: next(given), path)  # type: ignore[misc]
        if any(fits(concrete, segments) for wanted, segments in routes() if wanted == method):
            return True
    return False


def fits(path: str, segments: list[str]) -> bool:
    """A segment that is only words is the route's own word; one with a value in it is a parameter of the route."""
    parts = path.strip("/").split("/")
    if path.startswith("1\0/"):  # the whole beginning is a value: a route that ends so
        parts = parts[1:]
        segments = segments[-len(parts) :] if len(segments) > len(parts) else []
    return len(parts) == len(segments) and all(
        part == segment if ANY not in part else segment.startswith("{")
        for part, segment in zip(parts, segments, strict=True)
    )


# Templates


def said(node: nodes.Node, known: dict[str, str]) -> str:
    """What an expression writes, with ANY where only its values know. `known`: what the template calls an address."""
    if isinstance(node, nodes.Name):
        return known.get(node.name, ANY)
    if isinstance(node, nodes.Const):
        return node.value if isinstance(node.value, str) else ANY
    if isinstance(node, nodes.TemplateData):
        return node.data
    if isinstance(node, nodes.Concat | nodes.Output):
        return "".join(said(part, known) for part in node.nodes)
    if isinstance(node, nodes.Add):
        return said(node.left, known) + said(node.right, known)
    if isinstance(node, nodes.Mod):
        return re.sub("%[sd]", ANY, said(node.left, known))
    if isinstance(node, nodes.Filter) and node.name == "format" and node.node is not None:
        return re.sub("%[sd]", ANY, said(node.node, known))
    return ANY


def found(node: nodes.Node, known: dict[str, str], method: str = "GET") -> Iterator[tuple[str, str]]:
    """(method, address) of every address in an expression: the longest that can be read, not its parts."""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Getattr) and node.node.attr == "post_button":
        yield from found(node.args[0], known, "POST")
        for other in node.args[1:]:
            yield from found(other, known)
        return
    if isinstance(node, nodes.TemplateData | nodes.Name) or (isinstance(node, nodes.Keyword) and node.key == "also"):
        return  # words and {{ names }} among them are in_html's; `also` is the beginning of other addresses
    if isinstance(node, nodes.Assign) and named(node):
        return  # looked at where it is used
    text = "" if isinstance(node, nodes.Output) else said(node, known)
    if re.match(rf"{ANY}?/[a-z{ANY}]", text) and re.search("[a-z]", text):
        yield method, text
        return
    for child in node.iter_child_nodes():
        yield from found(child, known, method)


def named(node: nodes.Assign) -> tuple[str, str] | None:
    """The name and the address of {% set here = "/gestion/…" %}."""
    text = said(node.node, {})
    return (node.target.name, text) if isinstance(node.target, nodes.Name) and re.match("/[a-z]", text) else None


def in_html(text: str) -> Iterator[tuple[str, str]]:
    for match in ATTRIBUTE.finditer(text):
        path, form = match["path"], match["tag"] == "form"
        posts = form and 'method="post"' in match["rest"] + match["end"]
        if re.match(rf"{ANY}?/", path):
            yield "POST" if posts else "GET", path


def template_names() -> list[str]:
    return sorted(
        path.relative_to(render.TEMPLATES).as_posix()
        for path in render.TEMPLATES.rglob("*")
        if path.suffix in {".html", ".txt"}
    )


def addresses_in(name: str) -> set[tuple[str, str]]:
    source = (render.TEMPLATES / name).read_text()
    tree = render.pages().parse(source)
    known = dict(filter(None, map(named, tree.find_all(nodes.Assign))))
    inside = {pair for output in tree.find_all(nodes.Output) for pair in in_html(said(output, known))}
    return inside | set(found(tree, known))


@pytest.mark.parametrize("name", template_names())
def test_every_address_of_a_template_is_a_route(name: str) -> None:
    lost = [
        f"{method} {address.replace(ANY, '…')}"
        for method, address in sorted(addresses_in(name))
        if not address.startswith(STATIC) and not leads_somewhere(method, address)
    ]
    assert lost == []


def test_addresses_are_found_at_all() -> None:
    seen = {pair for name in template_names() for pair in addresses_in(name)}
    assert ("GET", f"/gestion/seances/{ANY}/modifier") in seen
    assert ("POST", f"/gestion/seances/{ANY}/publier") in seen
    assert ("POST", f"/gestion/seances/{ANY}/deplacer") in seen
    assert len(seen) > 150


def test_a_wrong_address_is_noticed() -> None:
    assert leads_somewhere("GET", f"/gestion/seances/{ANY}/modifier")
    assert not leads_somewhere("POST", f"/gestion/seances/{ANY}/modifier")
    assert not leads_somewhere("GET", f"/gestion/seances/{ANY}/modifié")
    assert not leads_somewhere("GET", "/gestion/séances")


# What mails, calendars and feeds are given


def example(parameter: inspect.Parameter) -> object:
    if parameter.name == "kind":
        return "pdf"
    return {"int": 1, "str": "un"}[str(parameter.annotation)]


FUNCTIONS = [
    (name, function)
    for name, function in inspect.getmembers(addresses, inspect.isfunction)
    if function.__module__ == addresses.__name__ and name not in {"absolute", "linked", "behind"}
]


@pytest.mark.parametrize(("name", "function"), FUNCTIONS)
def test_every_address_given_away_is_a_route(name: str, function: object) -> None:
    assert callable(function)
    values = [example(parameter) for parameter in inspect.signature(function).parameters.values()]
    path = function(*values)
    assert resolves(path), f"{name}: {path}"


@pytest.mark.parametrize("purpose", Purpose)
def test_every_mailed_link_has_its_page(purpose: Purpose) -> None:
    assert resolves(addresses.linked(purpose, 1, 0))


@pytest.mark.parametrize("path", addresses.WAITING.values())
def test_what_waits_for_the_team_is_dealt_with_on_a_page(path: str) -> None:
    assert resolves(path)


def resolves(address: str) -> bool:
    path = address.partition("?")[0]
    parts = path.strip("/").split("/")
    return any(
        method == "GET"
        and len(segments) == len(parts)
        and all(part == segment or segment.startswith("{") for part, segment in zip(parts, segments, strict=True))
        for method, segments in routes()
    )


def test_an_absolute_address_begins_with_the_site() -> None:
    assert addresses.absolute("/catalogue") == settings.current().base_url + "/catalogue"


def test_nobody_below_the_web_writes_an_address_of_their_own() -> None:
    """Our pages' addresses stand in one module: kernel/addresses.py."""
    ours = re.compile(r"""["'](/(?:espace|gestion|animation|seances|catalogue|lien|connexion|agenda|api)\b)""")
    below = [
        path
        for path in render.PACKAGE.rglob("*.py")
        if path.relative_to(render.PACKAGE).parts[0] not in {"web", "migrations"} and path.name != "addresses.py"
    ]
    written = [
        f"{path.relative_to(render.PACKAGE)}: {match[1]}" for path in below for match in ours.finditer(path.read_text())
    ]
    assert written == []


def test_mails_write_no_address_of_their_own() -> None:
    written = [name for name in template_names() if name.startswith("mail/") and addresses_in(name)]
    assert written == []
