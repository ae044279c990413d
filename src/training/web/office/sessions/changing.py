"""Change a planned session: when and where, who facilitates, how many seats. Whoever is invited is told by itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.bookings.actions.ending import reinstate_session
from training.kernel import clock
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.reporting.office import session as reading
from training.reporting.office.people.credentials import Concern
from training.reporting.office.session import SessionEdited
from training.scheduling.actions.assignments import change_facilitator
from training.scheduling.actions.changing import edit_session, move_session
from training.scheduling.queries import SlotView
from training.web.forms import Form
from training.web.office.page import show
from training.web.office.people.knowing import goes_on
from training.web.office.sessions.planning import deliverers, moved, one_of, options, wall_time
from training.web.pages import Asked, go, parts, the_actor
from training.web.parameters import row

P = Permission
PATH = "/gestion/seances/{session:int}"
TOLD = "Chaque personne invitée reçoit la mise à jour dans les deux minutes, en un seul courriel."


def with_calls(told: str, to_call: list[str]) -> str:
    """What was done, with whom nobody wrote to: they are called."""
    calls = _("À prévenir par téléphone : {names}.").format(names=" ; ".join(to_call))
    return f"{told} {calls}" if to_call else told


@get(PATH + "/modifier", permission=P.SESSIONS_PLAN)
async def edit(request: Asked, session: FromPath[int]) -> Template:
    """The session as it stands, in three forms."""
    return await _page(request, session, None)


async def _page(request: Asked, session: int, form: Form | None) -> Template:
    return await _answer(request, await reading.edit_page(the_actor(request), row(session)), form or Form())


async def _answer(request: Asked, found: SessionEdited, form: Form) -> Template:
    shown = Form.filled(_as_it_stands(found), seen=found.seen)
    form = replace(form, values={**shown.values, **form.values})
    return await show(
        request,
        "sessions/session_edit",
        form.status,
        form=form,
        facilitators={
            slot.id: deliverers(found.choices, found.session.offer, _on(found, slot)) for slot in found.slots
        },
        **parts(found),
        **options(found.choices),
    )


def _on(found: SessionEdited, slot: SlotView) -> list[Concern]:
    """What speaks against people on the day of a date."""
    return [concern for concern in found.concerns if concern.on == clock.local(slot.starts_at).date()]


def _as_it_stands(found: SessionEdited) -> dict[str, Any]:
    view = found.session
    values: dict[str, Any] = {
        "capacity": view.capacity,
        "note": view.note,
        "closes_on": clock.local(view.closes_at).date(),
        "closes": f"{clock.local(view.closes_at):%H:%M}",
    }
    for slot in found.slots:
        start, end = clock.local(slot.starts_at), clock.local(slot.ends_at)
        values |= {
            f"date-{slot.id}": start.date(),
            f"start-{slot.id}": f"{start:%H:%M}",
            f"end-{slot.id}": f"{end:%H:%M}",
            f"venue-{slot.id}": slot.venue_id,
        }
    return values


@post(PATH + "/deplacer", permission=P.SESSIONS_PLAN)
async def move(request: Asked, session: FromPath[int]) -> Template | Redirect:
    """Other times or places."""
    form, found = await Form.of(request), await reading.edit_page(the_actor(request), row(session))
    venues = {v.id for v in found.choices.venues} | {s.venue_id for s in found.slots if s.venue_id}
    moves = {slot.id: wanted for slot in found.slots if (wanted := moved(form, slot.id, venues))}
    if form.good:
        with form.refusals():
            await move_session(the_actor(request), session, moves, seen=form.seen)
            return go(f"/gestion/seances/{session}", with_calls(_(TOLD), await reading.to_call(row(session))))
    return await _answer(request, found, form)


@post(PATH + "/places", permission=P.SESSIONS_PLAN)
async def seats(request: Asked, session: FromPath[int]) -> Template | Redirect:
    """Seats, the end of bookings, the note."""
    form = await Form.of(request)
    capacity = form.number("capacity", least=1, most=1_000)
    on = form.day("closes_on")
    closes = wall_time(form, "closes", _("Indiquez une heure, par exemple 18:00."))
    note = form.lines("note", most=2_000)
    if form.good and capacity is not None and on is not None and closes is not None:
        with form.refusals():
            closes_at = clock.at(on, closes)
            await edit_session(
                the_actor(request), row(session), capacity=capacity, closes_at=closes_at, note=note, seen=form.seen
            )
            return go(f"/gestion/seances/{session}", _("C’est enregistré."))
    return await _page(request, session, form)


@post(PATH + "/animer", permission=P.SESSIONS_PLAN)
async def facilitate(request: Asked, session: FromPath[int]) -> Template | Redirect:
    """Somebody more on a date, somebody instead, or nobody."""
    form, found = await Form.of(request), await reading.edit_page(the_actor(request), row(session))
    slot = one_of(form, "slot", {s.id for s in found.slots}, _("Choisissez une date."), required=True)
    here = {a.id for a in found.people}
    current = one_of(form, "assignment", here, _("Cette personne n’anime plus cette date."))
    people = {f.id for f in found.choices.facilitators}
    chosen = one_of(form, f"facilitator-{slot}", people, _("Choisissez une personne."))
    if form.good and slot is not None and goes_on(form, _against(found, slot, current, chosen)):
        with form.refusals():
            await change_facilitator(the_actor(request), slot, current, chosen, knowing=True)
            told = _("C’est noté : les personnes concernées sont prévenues.")
            return go(f"/gestion/seances/{session}/modifier", told)
    return await _answer(request, found, form)


def _against(found: SessionEdited, slot: int, current: int | None, chosen: int | None) -> dict[str, list[Concern]]:
    """What speaks against who was chosen, unless it is who comes already."""
    here = next((person.facilitator for person in found.people if person.id == current), None)
    there = [concern for s in found.slots if s.id == slot for concern in _on(found, s)]
    return {f"facilitator-{slot}": [c for c in there if c.facilitator == chosen and chosen != here]}


@post(PATH + "/retablir", permission=P.SESSIONS_PLAN)
async def reinstate(request: Asked, session: FromPath[int]) -> Template | Redirect:
    """It takes place after all."""
    form = Form()
    with form.refusals():
        await reinstate_session(the_actor(request), row(session))
        told = _("Séance rétablie : chacun est prévenu par courriel.")
        return go(f"/gestion/seances/{session}", with_calls(told, await reading.to_call(row(session))))
    return await _page(request, session, form)


HANDLERS = [edit, move, seats, facilitate, reinstate]
