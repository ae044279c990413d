"""Staff pages on reminders, promises and disputes: on an invoice, all together, and their settings."""

from __future__ import annotations

import re

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.directory.rules.organisations import Buyer
from training.dunning.actions import pauses, remind
from training.dunning.queries.reminders import Followed, TaskView
from training.dunning.rules.interest import LAW_NAMES, Law
from training.dunning.rules.reminding import BUYER_NAMES, PAUSE_NAMES, STEP_NAMES, STEPS, PauseKind
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.reporting.office import reminders as reading
from training.web.forms import SEEN, Form
from training.web.office.page import show
from training.web.pages import Asked, go, parts, the_actor
from training.web.parameters import row

P = Permission
PATH = "/gestion/relances"
SETTINGS = f"{PATH}/reglages"
OPENINGS = "/gestion/comptes/reprises"


def page_of(owed: Followed) -> str:
    """The page of a receivable: its invoice's, or its own."""
    return f"/gestion/factures/{owed.number}" if owed.invoice is not None else f"{OPENINGS}/{owed.id}"


def _page_of_task(task: TaskView) -> str:
    return f"/gestion/factures/{task.number}" if task.invoice is not None else f"{OPENINGS}/{task.receivable}"


@get(PATH, permission=P.INVOICES_SEE)
async def reminders(request: Asked) -> Template:
    """What is left to do by hand, what is paused, and what comes."""
    return await show(
        request,
        "payments/reminders",
        steps=STEP_NAMES,
        pauses=PAUSE_NAMES,
        page_of=page_of,
        page_of_task=_page_of_task,
        **parts(await reading.reminders_page(the_actor(request))),
    )


@post(PATH + "/{reminder:int}/faite", permission=P.PAYMENTS_RECORD)
async def done(request: Asked, reminder: FromPath[int]) -> Redirect:
    """A task was done."""
    await remind.task_done(the_actor(request), row(reminder))
    return go(PATH, _("C’est noté."))


@get("/gestion/creances/{receivable:int}/pause", permission=P.PAYMENTS_RECORD)
async def pause_page(request: Asked, receivable: FromPath[int]) -> Template:
    """A promise or a dispute, to be written down."""
    return await _pause_page(request, row(receivable), Form())


async def _pause_page(request: Asked, receivable: int, form: Form) -> Template:
    owed = await reading.followed(the_actor(request).scope, receivable)
    return await show(request, "payments/reminder_pause", form.status, owed=owed, back=page_of(owed), form=form)


@post("/gestion/creances/{receivable:int}/pause", permission=P.PAYMENTS_RECORD)
async def pause(request: Asked, receivable: FromPath[int]) -> Template | Redirect:
    """No reminder leaves for now."""
    form, id_ = await Form.of(request), row(receivable)
    kind = form.choice("kind", PauseKind)
    until = form.day("until") if form.values.get("until", "").strip() else None
    note = form.text("note", most=400)
    if form.good and kind is not None:
        with form.refusals():
            await pauses.pause(the_actor(request), id_, kind, until, note)
            return go(
                page_of(await reading.followed(the_actor(request).scope, id_)),
                _("C’est noté : aucune relance ne part d’ici là."),
            )
    return await _pause_page(request, id_, form)


@post("/gestion/creances/{receivable:int}/relancer", permission=P.PAYMENTS_RECORD)
async def resume(request: Asked, receivable: FromPath[int]) -> Redirect:
    """The promise or the dispute is over."""
    id_ = row(receivable)
    await pauses.resume(the_actor(request), id_)
    return go(page_of(await reading.followed(the_actor(request).scope, id_)), _("Les relances continuent."))


# Settings


@get(SETTINGS, permission=P.ACCOUNTS_SEE)
async def settings(request: Asked) -> Template:
    """Days of the steps, and rates of late interest."""
    return await _settings(request, Form(), Form())


async def _settings(request: Asked, days: Form, rate: Form) -> Template:
    found = await reading.settings_page(the_actor(request))
    known = {f"{buyer}-{step}": str(found.delays[buyer][step]) for buyer in Buyer for step in STEPS}
    days.values = {SEEN: str(found.seen)} | known | days.values
    rate.values = rate.values or {"since": found.since.isoformat()}
    return await show(
        request,
        "payments/reminder_settings",
        max(days.status, rate.status),
        days=days,
        rate=rate,
        laws=[(law.value, _(name)) for law, name in LAW_NAMES.items()],
        law_names=LAW_NAMES,
        buyers=BUYER_NAMES,
        steps=STEP_NAMES,
        **parts(found),
    )


@post(SETTINGS + "/delais", permission=P.ACCOUNTS_KEEP)
async def set_days(request: Asked) -> Template | Redirect:
    """The days of one kind of buyer."""
    form = await Form.of(request)
    buyer = form.choice("buyer", Buyer)
    read = {step: form.number(f"{buyer}-{step}", least=1, most=365) for step in STEPS} if buyer else {}
    wanted = {step: number for step, number in read.items() if number is not None}
    if form.good and buyer is not None:
        with form.refusals():
            await remind.set_reminder_days(the_actor(request), buyer, wanted, seen=form.seen)
            return go(SETTINGS, _("Délais enregistrés."))
        form.errors = {f"{buyer}-{name}" if name in STEPS else name: said for name, said in form.errors.items()}
    return await _settings(request, form, Form())


@post(SETTINGS + "/taux", permission=P.ACCOUNTS_KEEP)
async def set_rate(request: Asked) -> Template | Redirect:
    """A rate, since a day."""
    form = await Form.of(request)
    law, since, rate_bp = form.choice("law", Law), form.day("since"), form.checked("rate", _percent, required=True)
    if form.good and law is not None and since is not None and rate_bp is not None:
        with form.refusals():
            await remind.set_late_rate(the_actor(request), law, since, int(rate_bp))
            return go(SETTINGS, _("Taux enregistré."))
    return await _settings(request, Form(), form)


def _percent(text: str) -> str:
    """Basis points, in digits, of « 12,15 % ». ValueError, in words, on anything else."""
    match = re.fullmatch(r"([0-9]{1,3})(?:[.,]([0-9]{1,2}))?", re.sub(r"[\s%]", "", text))
    if match is None:
        raise ValueError(_("Indiquez un taux, par exemple 12,15."))
    return str(int(match[1]) * 100 + int((match[2] or "0").ljust(2, "0")))


HANDLERS = [reminders, done, pause_page, pause, resume, settings, set_days, set_rate]
