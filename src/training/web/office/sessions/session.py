"""Sessions: the list, one of them, and what may be done to it. Planning a new one is planning.py's."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.attendance.actions import admit, hold_session
from training.billing.actions.undo_held import undo_held
from training.bookings.actions.ending import call_off_session, end_absent
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.reporting.office import session as reading
from training.reporting.office import sessions as listed
from training.reporting.office.sessions import Period, SessionFilter
from training.scheduling.actions.changing import renew_session_link
from training.scheduling.actions.planning import publish_session
from training.web.forms import Form
from training.web.office.notes import blank_note
from training.web.office.page import show
from training.web.office.sessions.changing import with_calls
from training.web.pages import Asked, go, parts, the_actor
from training.web.parameters import PER_PAGE, address, asked, moment_key, pager, row, row_key

P = Permission
PATH = "/gestion/seances"


def narrowed_to(request: Asked) -> SessionFilter:
    """What the list's address narrows it to."""
    period = asked(request, "periode")
    return SessionFilter(
        period=Period(period) if period in set(Period) else Period.COMING,
        state=asked(request, "etat"),
        offer=asked(request, "offre"),
        commune=asked(request, "commune"),
    )


@get(PATH, permission=P.OFFICE_SEE)
async def sessions(request: Asked) -> Template:
    """Sessions, nearest to now first, narrowed by period, state, offer and commune."""
    narrowed = narrowed_to(request)
    after = moment_key(asked(request, "apres"))
    found = await listed.sessions_page(the_actor(request).scope, narrowed, after=after, limit=PER_PAGE)
    kept = {"etat": narrowed.state, "offre": narrowed.offer, "commune": narrowed.commune}
    chosen = "" if narrowed.period == Period.COMING else narrowed.period.value
    return await show(
        request,
        "sessions/sessions",
        form=Form.filled(kept),
        narrowed=narrowed,
        periods={p.value: address(PATH, **{**kept, "periode": "" if p == Period.COMING else p.value}) for p in Period},
        pager=pager(PATH, found.following, after is not None, periode=chosen, **kept),
        **parts(found),
    )


@get(PATH + "/{session:int}", permission=P.OFFICE_SEE)
async def session_page(request: Asked, session: FromPath[int]) -> Template:
    """One session, whole."""
    return await _one(request, session, Form())


async def _one(request: Asked, session: int, form: Form) -> Template:
    found = await reading.session_page(the_actor(request), row(session))
    return await show(request, "sessions/session", form.status, form=form, noting=blank_note(), **parts(found))


@post(PATH + "/{session:int}/publier", permission=P.SESSIONS_PLAN)
async def publish(request: Asked, session: FromPath[int]) -> Template | Redirect:
    """Open a draft to bookings."""
    form = Form()
    with form.refusals():
        await publish_session(the_actor(request), row(session))
        return go(f"{PATH}/{session}", _("Séance publiée : elle peut être réservée."))
    return await _one(request, session, form)


@post(PATH + "/{session:int}/realisee", permission=P.SESSIONS_HOLD)
async def hold(request: Asked, session: FromPath[int]) -> Template | Redirect:
    """Say that the session took place, with how many came."""
    form = await Form.of(request)
    present, more = _heads(form, "present-"), _heads(form, "more-")
    reason = form.lines("early_reason", most=400)
    if form.good:
        with form.refusals():
            counted = await hold_session(the_actor(request), row(session), present, reason, more)
            follows = _("C’est noté, la séance a eu lieu : la facturation suit.")
            nothing = _("C’est noté, la séance a eu lieu : aucune réservation confirmée, rien à facturer.")
            return go(f"{PATH}/{session}", follows if counted else nothing)
    return await _one(request, session, form)


def _heads(form: Form, prefix: str) -> dict[int, int]:
    """How many came, by booking; or, once more, that it is that many."""
    found = {}
    for name in [n for n in form.values if n.startswith(prefix)]:
        booking, number = row_key(name.removeprefix(prefix)), form.number(name, required=False, most=10_000)
        if booking is not None and number is not None:
            found[booking] = number
    return found


@post(PATH + "/{session:int}/venus", permission=P.SESSIONS_HOLD)
async def decide(request: Asked, session: FromPath[int]) -> Template | Redirect:
    """Of a booking that nobody had confirmed: they came, so many; or nobody did."""
    form = await Form.of(request)
    present, more = _heads(form, "present-"), _heads(form, "more-")
    booking = row_key(form.values.get("booking", ""))
    if booking is None:
        raise NotFound(_("Cette réservation n’existe pas."))
    if form.good:
        with form.refusals():
            if form.values.get("came") == "no":
                await end_absent(the_actor(request), booking)
                return go(f"{PATH}/{session}", _("C’est noté : rien n’est facturé, et aucun courriel ne part."))
            await admit(the_actor(request), booking, present.get(booking, 0), more.get(booking))
            return go(f"{PATH}/{session}", _("Réservation confirmée : la facturation suit."))
    return await _one(request, session, form)


@post(PATH + "/{session:int}/lien", permission=P.SESSIONS_PLAN)
async def renew(request: Asked, session: FromPath[int]) -> Redirect:
    """The link in calendars to a private session opens nothing any more."""
    await renew_session_link(the_actor(request), row(session))
    said = _("Les liens déjà donnés ne s’ouvrent plus ; les agendas abonnés reçoivent le nouveau.")
    return go(f"{PATH}/{session}", said)


@get(PATH + "/{session:int}/annuler", permission=P.SESSIONS_PLAN)
async def call_off_page(request: Asked, session: FromPath[int]) -> Template:
    """What calling a session off leads to, in numbers."""
    return await _call_off(request, session, Form())


async def _call_off(request: Asked, session: int, form: Form) -> Template:
    found = await reading.call_off_page(the_actor(request).scope, row(session))
    return await show(request, "sessions/session_call_off", form.status, form=form, **parts(found))


@post(PATH + "/{session:int}/annuler", permission=P.SESSIONS_PLAN)
async def call_off(request: Asked, session: FromPath[int]) -> Template | Redirect:
    """Cancel the session and all its bookings."""
    form = await Form.of(request)
    reason = form.lines("reason", most=400)
    if form.good:
        with form.refusals():
            found = await reading.call_off_page(the_actor(request).scope, row(session))
            await call_off_session(the_actor(request), row(session), reason)
            told = with_calls(_("Séance annulée : chacun est prévenu par courriel."), found.to_call)
            return go(f"{PATH}/{session}", _("Séance retirée.") if found.draft else told)
    return await _call_off(request, session, form)


@get(PATH + "/{session:int}/annuler-realisee", permission=P.SESSIONS_HOLD)
async def undo_page(request: Asked, session: FromPath[int]) -> Template:
    """What undoing « réalisée » leads to."""
    return await _undo(request, session, Form())


async def _undo(request: Asked, session: int, form: Form) -> Template:
    found = await reading.undo_page(the_actor(request), row(session))
    return await show(request, "sessions/session_undo_held", form.status, form=form, **parts(found))


@post(PATH + "/{session:int}/annuler-realisee", permission=P.SESSIONS_HOLD)
async def undo(request: Asked, session: FromPath[int]) -> Template | Redirect:
    """The session is as it was before; what waited to be issued goes."""
    form = await Form.of(request)
    reason = form.lines("reason", required=True, most=400)
    if form.good:
        with form.refusals():
            undone = await undo_held(the_actor(request), row(session), reason)
            said = [_("La séance n’est plus réalisée : vous pourrez confirmer de nouveau qu’elle a eu lieu.")]
            if undone.confirmations:
                words = _("Des confirmations de gratuité ont pu partir par courriel : prévenez les structures.")
                said.append(words)
            if undone.lines_by_hand:
                said.append(_("Les lignes ajoutées à la main sont parties avec les brouillons."))
            tone = "done" if len(said) == 1 else "attention"
            return go(f"{PATH}/{session}", " ".join(said), tone=tone)
    return await _undo(request, session, form)


HANDLERS = [sessions, session_page, publish, hold, decide, undo_page, undo, call_off_page, call_off, renew]
