"""The API's own page: the OpenAPI description as plain HTML, from the same source as openapi.json."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from litestar import Router, get
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme, Tag
from litestar.response import Template
from msgspec import Struct

from training import __version__
from training.kernel import settings
from training.kernel.i18n import _
from training.web.api import inputs, outputs, problems
from training.web.auth import PUBLIC
from training.web.pages import Asked, page

OPENAPI = OpenAPIConfig(
    title="Formations",
    version=f"1 ({__version__})",
    description=(
        "Chercher une séance, réserver, suivre ses factures. Montants nets en centimes entiers, instants ISO 8601. "
        "Une liste est {items, next} : tant que next n’est pas nul, redemander avec ?cursor=. "
        "Les refus sont des application/problem+json (RFC 9457)."
    ),
    components=Components(
        security_schemes={
            "bearer": SecurityScheme(
                type="http", scheme="bearer", description="Authorization: Bearer <clé>, d’une structure ou de l’équipe."
            )
        }
    ),
    tags=[
        Tag("Catalogue", "Ce que chacun peut lire, sans clé."),
        Tag("Réservations", "Avec une clé."),
        Tag("Factures", "Avec une clé."),
    ],
    render_plugins=[JsonRenderPlugin(path="/")],
    openapi_router=Router(
        "/api/docs/openapi.json",
        route_handlers=[],
        opt={"permission": PUBLIC, "exclude_from_csrf": True},
        include_in_schema=False,
    ),
)


@dataclass(frozen=True, slots=True)
class MemberDescribed:
    """A parameter, or a member of a JSON object."""

    name: str
    where: str  # query, header, path; "" in an object
    type: str
    required: bool
    description: str


@dataclass(frozen=True, slots=True)
class AnswerDescribed:
    """What may come back."""

    status: str
    description: str
    shape: str  # the name of its JSON object, described further down


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    public: bool
    parameters: list[MemberDescribed]
    body: str  # the name of its JSON object
    answers: list[AnswerDescribed]
    example: str  # JSON


@dataclass(frozen=True, slots=True)
class Shape:
    """A JSON object."""

    name: str
    description: str
    members: list[MemberDescribed]


@dataclass(frozen=True, slots=True)
class OperationGroup:
    """The operations of one tag."""

    name: str
    description: str
    operations: list[Operation]


# Litestar leaves the docstrings of structs out of the description
_DOCS = {
    shape.__name__: inspect.getdoc(shape) or ""
    for module in (inputs, outputs, problems)
    for shape in vars(module).values()
    if inspect.isclass(shape) and issubclass(shape, Struct)
}


@get("/", permission=PUBLIC, exclude_from_csrf=True)
async def show(request: Asked) -> Template:
    """The page."""
    schema = request.app.openapi_schema.to_schema()
    groups, shapes = _groups(schema), _shapes(schema)
    answers = [answer for group in groups for operation in group.operations for answer in operation.answers]
    return await page(
        request,
        "api/docs.html",
        info=schema["info"],
        base_url=settings.current().base_url,
        groups=groups,
        refusals=sorted({answer for answer in answers if answer.status >= "400"}, key=lambda answer: answer.status),
        shapes=shapes,
        named={shape.name for shape in shapes},
        places={"path": _("chemin"), "query": _("adresse"), "header": _("en-tête")},
    )


def _groups(schema: dict[str, Any]) -> list[OperationGroup]:
    operations = [
        (item.get("tags", [""])[0], _operation(path, method, item))
        for path, methods in schema["paths"].items()
        for method, item in methods.items()
    ]
    return [
        OperationGroup(tag["name"], tag.get("description", ""), [op for name, op in operations if name == tag["name"]])
        for tag in schema["tags"]
    ]


def _operation(path: str, method: str, item: dict[str, Any]) -> Operation:
    body = item.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return Operation(
        id=item["operationId"],
        method=method.upper(),
        path=path,
        summary=item.get("summary", ""),
        description=item.get("description", ""),
        public={} in item.get("security", ()),
        parameters=[
            MemberDescribed(
                p["name"], p["in"], _type(p.get("schema", {})), bool(p.get("required")), p.get("description", "")
            )
            for p in item.get("parameters", [])
        ],
        body=_type(body) if body else "",
        answers=[
            AnswerDescribed(status, answer.get("description", ""), _answer_shape(answer))
            for status, answer in sorted(item["responses"].items())
        ],
        example=_example(item["responses"]),
    )


def _example(responses: dict[str, Any]) -> str:
    """The example of the answer that is hoped for."""
    for status, answer in responses.items():
        for content in answer.get("content", {}).values() if status.startswith("2") else ():
            for example in content.get("examples", {}).values():
                return json.dumps(example["value"], ensure_ascii=False, indent=2)
    return ""


def _answer_shape(answer: dict[str, Any]) -> str:
    for content in answer.get("content", {}).values():
        return _type(content.get("schema", {}))
    return ""


def _shapes(schema: dict[str, Any]) -> list[Shape]:
    found = schema.get("components", {}).get("schemas", {})
    return [
        Shape(name, _DOCS.get(name, ""), list(_members(shape)))
        for name, shape in sorted(found.items())
        if "properties" in shape
    ]


def _members(shape: dict[str, Any]) -> Iterator[MemberDescribed]:
    required = set(shape.get("required", ()))
    for name, member in shape["properties"].items():
        yield MemberDescribed(name, "", _type(member), name in required, _described(member))


def _described(member: dict[str, Any]) -> str:
    if "description" in member:
        return str(member["description"])
    return next((_described(one) for one in member.get("oneOf", ()) if _described(one)), "")


def _type(schema: dict[str, Any]) -> str:
    """ "integer", "string (date-time) ou nul", "liste de SessionItem"."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "oneOf" in schema or "anyOf" in schema:
        return " | ".join(dict.fromkeys(_type(one) for one in schema.get("oneOf") or schema["anyOf"]))
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if schema.get("type") == "array":
        return f"[{_type(schema.get('items', {}))}]"
    kind = schema.get("type", "")
    words = " | ".join(kind) if isinstance(kind, list) else str(kind)
    return f"{words} ({schema['format']})" if "format" in schema else words
