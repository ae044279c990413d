"""An organisation's kind: what another one changes is said, with its numbers, before it is done in one act."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.directory.actions.kinds import change_kind
from training.directory.rules.organisations import KIND_NAMES, Buyer, OrganisationKind
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.reporting.office import organisation_kind as reading
from training.reporting.office.organisations import organisation
from training.web.forms import Form
from training.web.office.organisations.billing_facts import BUYERS
from training.web.office.page import show
from training.web.pages import Asked, go, parts, the_actor
from training.web.parameters import asked

P = Permission
PATH = "/gestion/structures"


@get(PATH + "/{slug:str}/type", permission=P.INVOICES_PREPARE)
async def kind_page(request: Asked, slug: FromPath[str]) -> Template:
    """What it is; `?kind=` and `?buyer=` say what it would be, and the page what that changes."""
    return await _page(request, slug, Form.filled({name: asked(request, name) for name in ("kind", "buyer")}))


async def _page(request: Asked, slug: str, form: Form) -> Template:
    kind, buyer = _wanted(form)
    found = await reading.kind_page(the_actor(request).scope, slug, kind, buyer)
    if found.refused:
        form.errors.setdefault(*found.refused)
    form.values["kind"] = form.values.get("kind") or found.organisation.kind
    form.values.setdefault("buyer", "")
    if form.seen is None:
        form.values |= Form.filled({}, seen=found.seen).values
    return await show(
        request,
        "organisations/kind",
        form.status,
        form=form,
        kinds=[(one.value, _(name)) for one, name in KIND_NAMES.items()],
        buyers=[
            ("", _("Comme d’habitude pour ce type")),
            *((one.value, _(name)) for one, (name, _help) in BUYERS.items()),
        ],
        buyer_names={one: _(name) for one, (name, _help) in BUYERS.items()},
        kind_names={one: _(name) for one, name in KIND_NAMES.items()},
        **parts(found),
    )


def _wanted(form: Form) -> tuple[OrganisationKind | None, Buyer | None]:
    """The kind and the standing that are asked about; no standing is the usual one of the kind."""
    if not form.values.get("kind"):
        return None, None
    kind = form.choice("kind", OrganisationKind)
    return kind, form.choice("buyer", Buyer) if form.values.get("buyer") else None


@post(PATH + "/{slug:str}/type", permission=P.INVOICES_PREPARE)
async def change(request: Asked, slug: FromPath[str]) -> Template | Redirect:
    """It is that from now on."""
    view, form = await organisation(the_actor(request).scope, slug), await Form.of(request)
    kind, buyer = _wanted(form)
    if form.good and kind is not None and buyer is not None:
        with form.refusals():
            await change_kind(the_actor(request), view.id, kind, buyer, seen=form.seen)
            return go(f"{PATH}/{view.slug}", _("Type changé. Les prix annoncés restent."))
    return await _page(request, slug, form)


HANDLERS = [kind_page, change]
