"""Plan a session: one to four dates, each with its place and its facilitator."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from litestar import get, post
from litestar.response import Redirect, Template

from training.identity.rules import safe_path
from training.kernel import clock
from training.kernel.errors import DomainError
from training.kernel.i18n import _, ngettext
from training.kernel.permissions import Permission
from training.kernel.render import duration, hours
from training.reporting.office import planning as reading
from training.reporting.office.people.credentials import Concern, concerns
from training.reporting.office.planning import PlanningChoices, WantedDate
from training.scheduling.actions.changing import Moved
from training.scheduling.actions.planning import NewPerson, NewRoom, NewSession, NewSlot, plan_session
from training.scheduling.rules import FacilitatorBusy, SessionState, VenueTaken
from training.web.forms import Form
from training.web.office.page import show
from training.web.office.people.knowing import KNOWN, goes_on
from training.web.pages import Asked, go, once, the_actor
from training.web.parameters import asked, whole

P = Permission
PAST = "passe"  # among what a page told: a date is over
ROWS = 4  # without a script the page has as many as most series have; longer ones are planned in two sessions
FIELDS = ("date", "start", "end", "venue", "facilitator")
BACK = "retour"
ROOM, PERSON = ("room", "address", "city", "postcode"), ("person_name", "person_email")


@get("/gestion/seances/nouvelle", permission=P.SESSIONS_PLAN)
async def blank(request: Asked) -> Template:
    """An empty form; `?offre=` chooses the offer and its usual size.

    From a call: `?places=` how many at the least, `?pour=` whose it may be, `?retour=` where somebody waits for it.
    """
    found = await reading.planning_page(asked(request, "offre"))
    offer, published = found.proposed, SessionState.PUBLISHED
    usual: dict[str, object] = {"offer": offer.id, "capacity": offer.group_max} if offer else {}
    if seats := whole(asked(request, "places"), 1_000):
        usual["capacity"] = max(seats, offer.group_max if offer else 0)
    usual |= {"organisation": asked(request, "pour"), BACK: _back(asked(request, BACK))}
    return await _page(request, Form.filled({"state": published, **usual}), found.choices)


async def _page(request: Asked, form: Form, choices: PlanningChoices) -> Template:
    rows = [{"n": n, "filled": _touched(form, *(f"{name}-{n}" for name in FIELDS))} for n in range(1, ROWS + 1)]
    new = {"room_typed": _touched(form, *ROOM), "person_typed": _touched(form, *PERSON)}
    offer = whole(form.values.get("offer", ""))
    told = choices.facilitators
    skills = {each.id: [f.id for f in told if each.id in f.skills] for each in choices.offers}
    shown = options(choices) | {"facilitators": deliverers(choices, offer)}
    return await show(
        request, "sessions/session_new", form.status, form=form, rows=rows, skills=json.dumps(skills), **new, **shown
    )


def _touched(form: Form, *names: str) -> bool:
    """Whether something was typed there, or is wrong there."""
    return any(form.values.get(name, "").strip() or form.errors.get(name) for name in names)


def deliverers(choices: PlanningChoices, offer: int | None, concerns: Sequence[Concern] = ()) -> list[Option]:
    """Who may be asked: those who may deliver the offer first, the others after; with what speaks against them."""
    said: dict[int | None, list[str]] = {}
    for concern in concerns:
        said.setdefault(concern.facilitator, []).append(concern.words)
    able: list[tuple[int, str]] = []
    others: list[tuple[int, str]] = []
    for person in choices.facilitators:
        words = " – ".join([person.words, *said.get(person.id, [])])
        (able if offer in person.skills else others).append((person.id, words))
    if not able:
        return [*others]
    return [(_("Peuvent animer cette offre"), able), *([(_("Les autres"), others)] if others else [])]


Option = tuple[int | str, str | list[tuple[int, str]]]


def options(choices: PlanningChoices) -> dict[str, object]:
    """What each list offers but that of people: (value, text) pairs, venues by town."""
    towns: dict[str, list[tuple[int, str]]] = {}
    for v in choices.venues:
        seats = ngettext("%(num)d place", "%(num)d places", v.capacity) % {"num": v.capacity}
        towns.setdefault(v.city, []).append((v.id, f"{v.name} ({seats})"))
    return {
        "offers": [(o.id, f"{o.title} ({duration(o.duration_minutes)})") for o in choices.offers],
        "venues": list(towns.items()),
        "organisations": [(o.id, o.name) for o in choices.organisations],
    }


@post("/gestion/seances/nouvelle", permission=P.SESSIONS_PLAN)
async def plan(request: Asked) -> Template | Redirect:
    """Plan it, or say what stands in the way, next to what has to change."""
    form, found = await Form.of(request), await reading.planning_page("")
    choices = found.choices
    new, dates = read(form, choices)
    if new is None or not _past_is_meant(form, dates) or not goes_on(form, await _against(dates)):
        return await _page(request, form, choices)
    with form.refusals():
        try:
            session = await once(request, form, lambda: plan_session(the_actor(request), new, knowing=True))
        except (VenueTaken, FacilitatorBusy) as refusal:
            await _say_which(form, dates, refusal)
        else:
            back = _back(form.values.get(BACK, ""))
            return go(f"{back}&seance={session}" if back else f"/gestion/seances/{session}", _("Séance planifiée."))
    return await _page(request, form, choices)


def _past_is_meant(form: Form, dates: Sequence[_Date]) -> bool:
    """Whether a date that is over was told before; else it is said beside it, once: a year is easily mistyped."""
    known = form.values.get(KNOWN, "").split()
    over = [date.row for date in dates if date.wanted.starts_at < clock.now()]
    if not over or PAST in known:
        return True
    for row in over:
        form.errors.setdefault(f"date-{row}", _("Cette date est passée. Si c’est bien elle, envoyez de nouveau."))
    form.values[KNOWN] = " ".join([*known, PAST])
    form.refused = 409
    return False


def _back(path: str) -> str:
    """The page of the call that waits for this session; "" for none."""
    return path if path.startswith("/gestion/reservations/nouvelle?") and safe_path(path) else ""


@dataclass(frozen=True, slots=True)
class _Date:
    row: int
    wanted: WantedDate


async def _against(dates: Sequence[_Date]) -> dict[str, list[Concern]]:
    """What speaks against the people who were chosen, on their dates, by the field that chose them."""
    chosen = {d.row: (d.wanted.facilitator, clock.local(d.wanted.starts_at).date()) for d in dates}
    asked = {row: (who, on) for row, (who, on) in chosen.items() if who is not None}
    told = await concerns(asked.values())
    return {f"facilitator-{row}": [c for c in told if (c.facilitator, c.on) == each] for row, each in asked.items()}


def read(form: Form, choices: PlanningChoices) -> tuple[NewSession | None, list[_Date]]:
    """The session that a form asks for; None when something in it was refused."""
    offer = one_of(form, "offer", {o.id for o in choices.offers}, _("Choisissez une offre."), required=True)
    capacity = form.number("capacity", least=1, most=1_000)
    organisation = one_of(form, "organisation", {o.id for o in choices.organisations}, _("Choisissez une structure."))
    state = form.choice("state", SessionState)
    if state not in (SessionState.DRAFT, SessionState.PUBLISHED):
        form.errors.setdefault("state", _("Choisissez de publier ou de garder en brouillon."))
    note = form.lines("note", most=2_000)
    dates = [_Date(n, found) for n in range(1, ROWS + 1) if (found := _date(form, n, choices))]
    room = _room(form, without=any(d.wanted.venue is None for d in dates) or not dates)
    person = _person(form, without=any(d.wanted.facilitator is None for d in dates) or not dates)
    if not form.good or offer is None or capacity is None or state is None:
        return None, dates
    slots = tuple(
        NewSlot(w.starts_at, w.ends_at, w.venue, (w.facilitator,) if w.facilitator else ())
        for w in (d.wanted for d in dates)
    )
    return NewSession(offer, capacity, slots, organisation, None, note, state, room, person), dates


def _room(form: Form, *, without: bool) -> NewRoom | None:
    """The venue that was written, for the dates `without` one."""
    if not _touched(form, *ROOM):
        return None
    if not without:
        form.errors.setdefault(
            "room", _("Chaque date a déjà son lieu : effacez celui-ci, ou laissez une date sans lieu.")
        )
    return NewRoom(
        form.text("room", required=True),
        form.text("address", most=300),
        form.text("city", required=True),
        form.text("postcode", required=True),
    )


def _person(form: Form, *, without: bool) -> NewPerson | None:
    """The facilitator who was written, for the dates `without` one."""
    if not _touched(form, *PERSON):
        return None
    if not without:
        words = _("Chaque date a déjà quelqu’un : effacez ce nom, ou laissez une date sans personne.")
        form.errors.setdefault("person_name", words)
    return NewPerson(form.text("person_name", required=True), form.email("person_email"))


def _date(form: Form, n: int, choices: PlanningChoices) -> WantedDate | None:
    if n > 1 and not any(form.values.get(f"{name}-{n}", "").strip() for name in FIELDS):
        return None
    found = moved(form, n, {v.id for v in choices.venues})
    people = {f.id for f in choices.facilitators}
    facilitator = one_of(form, f"facilitator-{n}", people, _("Choisissez une personne."))
    return WantedDate(found.starts_at, found.ends_at, found.venue, facilitator) if found else None


def moved(form: Form, n: int, venues: set[int]) -> Moved | None:
    """When and where a date is, from the fields that end in `n`; None when something in them was refused."""
    on = form.day(f"date-{n}")
    start = wall_time(form, f"start-{n}", _("Indiquez l’heure de début, par exemple 9:00."))
    end = wall_time(form, f"end-{n}", _("Indiquez l’heure de fin, par exemple 12:00."))
    venue = one_of(form, f"venue-{n}", venues, _("Choisissez un lieu."))
    if on is None or start is None or end is None:
        return None
    if not 2000 <= on.year <= 2100:
        form.errors.setdefault(f"date-{n}", _("Vérifiez l’année."))
        return None
    if end <= start:
        form.errors.setdefault(f"end-{n}", _("La fin doit venir après le début."))
        return None
    return Moved(clock.at(on, start), clock.at(on, end), venue)


def wall_time(form: Form, name: str, sentence: str) -> time | None:
    """An hour of the wall clock, as time inputs send it."""
    try:
        found = time.fromisoformat(form.values.get(name, "").strip())
    except ValueError:
        form.errors.setdefault(name, sentence)
        return None
    return found.replace(second=0, microsecond=0, tzinfo=None)


def one_of(form: Form, name: str, among: set[int], sentence: str, *, required: bool = False) -> int | None:
    """The id that was chosen in a list."""
    value = form.values.get(name, "").strip()
    if not value and not required:
        return None
    if (chosen := whole(value)) in among:
        return chosen
    form.errors.setdefault(name, sentence)
    return None


async def _say_which(form: Form, dates: list[_Date], refusal: DomainError) -> None:
    """Put « this room is taken » beside the room of the date where it is, with what takes it."""
    for clash in await reading.clashes([d.wanted for d in dates]):
        said = _("Déjà pris par « {title} », {hours} : changez l’heure ou choisissez ailleurs.")
        if clash.what == "facilitator":
            said = _("Cette personne anime « {title} », {hours} : changez l’heure ou choisissez quelqu’un d’autre.")
        form.refused = refusal.status
        words = said.format(title=clash.title, hours=hours(clash.starts_at, clash.ends_at))
        form.errors.setdefault(f"{clash.what}-{dates[clash.row].row}", words)
    if form.good:  # freed meanwhile: asking again will do
        form.refuse(refusal)


HANDLERS = [blank, plan]
