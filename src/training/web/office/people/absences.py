"""When somebody is not free, and when they leave: what they leave behind is handed over in one gesture."""

from __future__ import annotations

from datetime import date

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.directory.actions.facilitators import add_unavailability, archive_unavailability
from training.kernel import clock
from training.kernel.i18n import _, ngettext
from training.kernel.permissions import Permission
from training.kernel.render import day_month
from training.reporting.office.people import facilitator as reading
from training.reporting.office.people.credentials import Concern, concerns
from training.reporting.office.people.facilitator import Departure, SessionLeft, Successor
from training.scheduling.actions.departures import come_back, leave
from training.web.forms import Form
from training.web.office.page import show
from training.web.office.people.facilitators import PATH, sheet_with
from training.web.office.people.knowing import goes_on
from training.web.pages import Asked, go, once, parts, the_actor
from training.web.parameters import asked, row, whole

P = Permission
ONE = PATH + "/{facilitator:int}"
EACH, ALL, NOBODY = "chacune", "toutes", "personne"  # what becomes of the sessions of somebody who leaves


@post(ONE + "/absences", permission=P.SESSIONS_PLAN)
async def add_absence(request: Asked, facilitator: FromPath[int]) -> Template | Redirect:
    """Days on which somebody is not free; one day where only the first is said."""
    form = await Form.of(request)
    first = form.day("starts_on")
    last = form.day("ends_on") if form.values.get("ends_on", "").strip() else first
    if form.good and first is not None and last is not None:
        with form.refusals():
            await once(request, form, lambda: add_unavailability(the_actor(request), row(facilitator), first, last))
            return go(f"{PATH}/{facilitator}#absences", _("C’est noté : le choix de cette personne préviendra."))
    return await sheet_with(request, facilitator, form)


@post(ONE + "/absences/{absence:int}/retirer", permission=P.SESSIONS_PLAN)
async def archive_absence(request: Asked, facilitator: FromPath[int], absence: FromPath[int]) -> Redirect:
    """They are free after all."""
    await archive_unavailability(the_actor(request), row(absence))
    return go(f"{PATH}/{row(facilitator)}#absences", _("Absence retirée."))


# Leaving


@get(ONE + "/depart", permission=P.SESSIONS_PLAN)
async def departure(request: Asked, facilitator: FromPath[int]) -> Template:
    """From which day (?jour=), and what they leave behind, with who is proposed for each session."""
    return await _departure(request, facilitator, Form.filled({"left_on": _day(asked(request, "jour"))}))


@post(ONE + "/depart", permission=P.SESSIONS_PLAN)
async def say_departure(request: Asked, facilitator: FromPath[int]) -> Template | Redirect:
    """Hand everything over and say that they leave; or nothing at all."""
    form = await Form.of(request)
    on = form.day("left_on")
    if on is not None:
        found = await reading.departure_page(row(facilitator), on)
        takeovers = _takeovers(form, found)
        if form.good and goes_on(form, await _against(form, found, takeovers)):
            with form.refusals():
                await leave(the_actor(request), found.facilitator.id, on, takeovers, knowing=True)
                return go(f"{PATH}/{facilitator}", _said(found, on, takeovers))
    return await _departure(request, facilitator, form)


@post(ONE + "/retour", permission=P.SESSIONS_PLAN)
async def back(request: Asked, facilitator: FromPath[int]) -> Redirect:
    """They deliver again."""
    await come_back(the_actor(request), row(facilitator))
    return go(f"{PATH}/{facilitator}", _("Cette personne peut de nouveau animer des séances."))


async def _departure(request: Asked, facilitator: int, form: Form) -> Template:
    found = await reading.departure_page(row(facilitator), _day(form.values.get("left_on", "")))
    chosen = {f"session-{s.session}": str(s.proposed or "") for s in found.sessions}
    form = Form({"what": EACH, **chosen, **form.values}, form.errors, form.refused)
    options = {s.session: successors(s) for s in found.sessions}
    return await show(request, "people/departure", form.status, form=form, options=options, **parts(found))


def successors(session: SessionLeft) -> list[tuple[str, list[tuple[int, str]]]]:
    """Who could take a session over: those who may deliver it and are free, then the others, with who is not free."""
    groups: dict[str, list[tuple[int, str]]] = {_("Libres, et peuvent l’animer"): [], _("Les autres"): []}
    first, others = groups
    for person in session.people:
        groups[first if person.free and person.skilled else others].append((person.id, _after(person)))
    return [(name, people) for name, people in groups.items() if people]


def _after(person: Successor) -> str:
    name = f"{person.name} ({person.partner})" if person.partner else person.name
    return name if person.free else _("{name} : pas libre").format(name=name)


def _takeovers(form: Form, found: Departure) -> dict[int, int | None]:
    """Who comes to each session instead, as the form says."""
    what, everybody = form.values.get("what", EACH), {person for person, _name in found.everybody}
    if what not in (EACH, ALL, NOBODY):
        form.errors.setdefault("what", _("Choisissez une réponse."))
    if what == NOBODY:
        return {session.session: None for session in found.sessions}
    if what == ALL:
        chosen = whole(form.values.get("everything", ""))
        if chosen not in everybody:
            form.errors.setdefault("everything", _("Choisissez une personne."))
        return {session.session: chosen for session in found.sessions}
    takeovers: dict[int, int | None] = {}
    for session in found.sessions:
        field = f"session-{session.session}"
        if field not in form.values:
            continue  # it was given to them after the page was shown: the action says so
        typed = form.values[field].strip()
        takeovers[session.session] = whole(typed) if typed else None
        if typed and takeovers[session.session] not in everybody:
            form.errors.setdefault(field, _("Choisissez une personne."))
    return takeovers


async def _against(form: Form, found: Departure, takeovers: dict[int, int | None]) -> dict[str, list[Concern]]:
    """What speaks against those who take over, by the field that chose them."""
    days = {
        (session.session, who, clock.local(session.starts_at).date())
        for session in found.sessions
        if (who := takeovers.get(session.session))
    }
    all_of_them = await concerns({(who, on) for _session, who, on in days})
    by_field: dict[str, list[Concern]] = {}
    for session, who, on in sorted(days):
        field = "everything" if form.values.get("what") == ALL else f"session-{session}"
        by_field.setdefault(field, []).extend(c for c in all_of_them if (c.facilitator, c.on) == (who, on))
    return by_field


def _said(found: Departure, on: date, takeovers: dict[int, int | None]) -> str:
    name = found.facilitator.name
    left = _("{name} n’anime plus à partir du {day}.").format(name=name, day=day_month(on))
    if not takeovers:
        return left
    given, alone = sum(who is not None for who in takeovers.values()), sum(who is None for who in takeovers.values())
    words = [left]
    if given:
        words.append(ngettext("{n} séance confiée.", "{n} séances confiées.", given).format(n=given))
    if alone:
        without = ngettext("{n} séance reste à confier.", "{n} séances restent à confier.", alone)
        words.append(without.format(n=alone))
    return " ".join([*words, _("Chaque personne concernée est prévenue par courriel.")])


def _day(text: str) -> date:
    """The day that an address or a form says; today when it says none."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return clock.today()


HANDLERS = [add_absence, archive_absence, departure, say_departure, back]
