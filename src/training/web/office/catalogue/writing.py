"""An offer is written: begun with a title, then all of it on one page, its Markdown shown while it is typed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import anyio.to_thread
from litestar import MediaType, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from markupsafe import Markup

from training.catalogue.actions.offers import NewOffer, add_offer, edit_offer
from training.catalogue.rules import offers as rules
from training.catalogue.rules.offers import OFFER_KIND_NAMES, OfferFields, OfferKind, ProgrammeStep
from training.kernel.i18n import N_, _
from training.kernel.permissions import Permission
from training.kernel.render import markdown
from training.records.actions.acting import EditedMeanwhile
from training.records.rules import as_text
from training.reporting.office.offers import OfferEditing, offer_editing, path_of
from training.web.forms import Form
from training.web.office.page import show
from training.web.office.sessions.planning import one_of
from training.web.pages import Asked, go, once, parts, the_actor
from training.web.parameters import whole

P = Permission
PATH = "/gestion/catalogue"
DELIVERER = "deliverer-"  # before the id of somebody who may deliver it
ROWS, MORE = 3, 3  # steps that an empty programme shows, and that « ajouter » adds
ASKED_FOR = "faire"  # what else than saving a button asks for
SHOW, ADD = "apercu", "etapes"

KIND_HELP: dict[OfferKind, str] = {
    OfferKind.AWARENESS: N_("On découvre, on prend conscience. Une heure ou une demi-journée."),
    OfferKind.WORKSHOP: N_("On pratique, on apprend à faire. Pas de formalité particulière."),
    OfferKind.VOCATIONAL: N_("Une action de formation professionnelle au sens du code du travail, avec ses papiers."),
}


@get(PATH + "/nouvelle", permission=P.CATALOGUE_EDIT)
async def blank(request: Asked) -> Template:
    """A title is enough to begin."""
    return await _begin(request, Form())


async def _begin(request: Asked, form: Form) -> Template:
    return await show(request, "catalogue/offer_new", form.status, form=form)


@post(PATH + "/nouvelle", permission=P.CATALOGUE_EDIT)
async def begin(request: Asked) -> Template | Redirect:
    """Make a draft of that title, and go on to write the rest."""
    form = await Form.of(request)
    title = form.text("title", required=True, most=rules.TITLE_MOST)
    if form.good:
        with form.refusals():
            made = await once(request, form, lambda: add_offer(the_actor(request), NewOffer(title=title)))
            said = _("Le brouillon est là. Écrivez ce que vous savez déjà.")
            return go(f"{await path_of(made)}/modifier", said)
    return await _begin(request, form)


@get(PATH + "/{slug:str}/modifier", permission=P.CATALOGUE_EDIT)
async def edit(request: Asked, slug: FromPath[str]) -> Template:
    """Everything that is written of one offer."""
    found = await offer_editing(slug)
    return await _page(request, found, Form.filled(values(found), seen=found.seen))


def values(found: OfferEditing) -> dict[str, object]:
    """An offer as its form takes it."""
    fields = found.offer.fields
    names = [name for name in OfferFields.__slots__ if name not in ("steps", "duration_minutes")]
    filled: dict[str, object] = {name: getattr(fields, name) for name in names}
    filled["hours"], filled["minutes"] = divmod(fields.duration_minutes, 60)
    for n, step in enumerate(fields.steps, 1):
        filled |= {f"step-title-{n}": step.title, f"step-minutes-{n}": step.minutes, f"step-text-{n}": step.text}
    return filled | {f"{DELIVERER}{person}": "1" for person in found.deliverers}


async def _page(request: Asked, found: OfferEditing, form: Form, *, more: int = 0) -> Template:
    rows = min(max(_rows(form) + more, ROWS), rules.STEPS_MOST)
    return await show(
        request,
        "catalogue/offer_edit",
        form.status,
        form=form,
        rows=range(1, rows + 1),
        deliverer=DELIVERER,
        preview_path=f"{PATH}/apercu",
        kinds=[(str(kind), _(name), _(KIND_HELP[kind])) for kind, name in OFFER_KIND_NAMES.items()],
        preview=await _prose(form),
        **parts(found),
    )


def _rows(form: Form) -> int:
    """How many steps the form has rows for: those that are filled, or that its page had."""
    asked_for = whole(form.values.get("rows", ""), rules.STEPS_MOST) or 0
    return max([asked_for, *(n for n in range(1, rules.STEPS_MOST + 1) if _filled(form, n))])


def _filled(form: Form, n: int) -> bool:
    return any(form.values.get(f"step-{part}-{n}", "").strip() for part in ("title", "minutes", "text"))


@post(PATH + "/{slug:str}/modifier", permission=P.CATALOGUE_EDIT)
async def save(request: Asked, slug: FromPath[str]) -> Template | Redirect:
    """Write it; or only show the text, or give more rows for the programme, with all that was typed."""
    form, found = await Form.of(request), await offer_editing(slug)
    wanted = form.values.get(ASKED_FOR)
    if wanted in (SHOW, ADD):
        return await _page(request, found, form, more=MORE if wanted == ADD else 0)
    fields = read(form, {partner for partner, _name in found.choices.partners})
    can = [person for person, _name in found.choices.people if form.values.get(f"{DELIVERER}{person}")]
    if form.good:
        with form.refusals():
            await edit_offer(the_actor(request), found.offer.id, fields, can, seen=form.seen)
            return go(await path_of(found.offer.id), _("« {title} » : enregistré.").format(title=fields.title))
    if form.meanwhile:
        found = await offer_editing(slug)
        _follow(form, found, fields, form.meanwhile)
        _follow_deliverers(form, found, can, form.meanwhile)
    return await _page(request, found, form)


def _follow(form: Form, found: OfferEditing, typed: OfferFields, met: EditedMeanwhile) -> None:
    """What is typed in several fields follows another's edit too, where nobody had typed in them."""
    now, was = values(found), {edit.field: edit.old or "" for edit in met.edits}
    names: list[str] = []
    if was.get("duration_minutes") == str(typed.duration_minutes):
        names += ["hours", "minutes"]
    if was.get("steps") == rules.steps_as_text(typed.steps):
        names += [name for name in {*form.values, *now} if name.startswith("step-")]
    for name in names:
        value = now.get(name)
        form.values[name] = "" if value is None else str(value)


def _follow_deliverers(form: Form, found: OfferEditing, can: list[int], met: EditedMeanwhile) -> None:
    typed = as_text([name for person, name in found.choices.people if person in can])
    if any(edit.field == "deliverers" and edit.old == typed for edit in met.edits):
        for person, _name in found.choices.people:
            form.values[f"{DELIVERER}{person}"] = "1" if person in found.deliverers else ""


def read(form: Form, partners: set[int]) -> OfferFields:
    """What the form says of the offer, with its errors noted."""
    long = {name: form.lines(name, most=most) for name, most in _LINES.items()}
    short = {name: form.text(name, most=most) for name, most in _TEXTS.items()}
    hours = form.number("hours", required=False, most=rules.MINUTES_MOST // 60) or 0
    minutes = form.number("minutes", required=False, most=rules.MINUTES_MOST) or 0
    return OfferFields(
        title=form.text("title", required=True, most=rules.TITLE_MOST),
        kind=form.choice("kind", OfferKind) or OfferKind.WORKSHOP,
        duration_minutes=hours * 60 + minutes,
        group_min=form.number("group_min", least=1, most=rules.GROUP_MOST) or 1,
        group_max=form.number("group_max", least=1, most=rules.GROUP_MOST) or 1,
        partner=one_of(form, "partner", partners, _("Choisissez un partenaire.")),
        steps=tuple(_steps(form)),
        **long,
        **short,
    )


_LINES = {
    "summary": rules.SUMMARY_MOST,
    "description": rules.DESCRIPTION_MOST,
    "objectives": rules.OBJECTIVES_MOST,
    "host_provides": rules.LINES_MOST,
    "equipment": rules.LINES_MOST,
    "accessibility": rules.ACCESSIBILITY_MOST,
}
_TEXTS = {
    "slug": rules.SLUG_MOST,
    "audience": rules.AUDIENCE_MOST,
    "prerequisites": rules.AUDIENCE_MOST,
    "theme": rules.THEME_MOST,
    "keywords": rules.KEYWORDS_MOST,
}


def _steps(form: Form) -> Iterator[ProgrammeStep]:
    for n in range(1, rules.STEPS_MOST + 1):
        if _filled(form, n):
            yield ProgrammeStep(
                form.text(f"step-title-{n}", required=True, most=rules.STEP_TITLE_MOST),
                form.number(f"step-minutes-{n}", required=False, least=1, most=rules.MINUTES_MOST),
                form.lines(f"step-text-{n}", most=rules.STEP_TEXT_MOST),
            )


@post(PATH + "/apercu", permission=P.CATALOGUE_EDIT, status_code=200, media_type=MediaType.HTML)
async def shown(request: Asked) -> Response[str]:
    """A text as its public page shows it: what the script of the page puts beside it while it is typed."""
    return Response(str(await _prose(await Form.of(request))), media_type=MediaType.HTML)


async def _prose(form: Form) -> Markup:
    """The description as far as one may be long, drawn beside the loop: some texts take seconds."""
    return await anyio.to_thread.run_sync(markdown, form.values.get("description", "")[: rules.DESCRIPTION_MOST])


HANDLERS: list[Any] = [blank, begin, edit, save, shown]
