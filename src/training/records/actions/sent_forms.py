"""A form is acted upon once: sent again, it answers what the first made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from training.kernel import clock, db
from training.kernel.actor import SYSTEM, Actor
from training.kernel.errors import Conflict
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records import rules
from training.records.actions.acting import acting


class FormReused(Conflict):
    """A form that was acted upon came back with other answers: from the page before, most likely."""

    slug = "form-reused"


class FormTwice(Conflict):
    """The same answers came in another form: two tabs, or the page opened anew."""

    slug = "form-twice"


@dataclass(frozen=True, slots=True)
class FormSent:
    """A form as it was sent: its own key, and the sum of what it says. `again`: twice is meant."""

    key: str
    body: bytes
    again: bool = False


async def once(asker: str, sent: FormSent | None, act: Callable[[], Awaitable[int | None]]) -> int:
    """Run an action for a form, once: sent again, it answers what the first made (0 where that has no id).

    `sent` None: a form without a key.

    FormReused: its answers changed meanwhile. FormTwice: somebody sent the same answers a while ago, in another form.
    """
    if sent is None:
        return await act() or 0
    async with db.atomic():
        # of two at once, the second waits here until the first is done
        if not await db.value(_CLAIM, asker, sent.key, sent.body, clock.now()):
            known = await db.connection().fetchrow(_CLAIMED, asker, sent.key, sent.body)
            if not known["same"]:
                words = _(
                    "Ce formulaire est déjà enregistré, avec d’autres réponses. Pour en faire un autre, renvoyez-le."
                )
                raise FormReused(words)
            return int(known["made"] or 0)
        if not sent.again and await db.value(_TWICE, asker, sent.body, sent.key, clock.now() - rules.TWICE):
            words = _("La même demande vient d’être enregistrée. Si vous en voulez une deuxième, envoyez de nouveau.")
            raise FormTwice(words)
        made = await act()
        await db.execute("update sent_form set made = $3 where asker = $1 and key = $2", asker, sent.key, made)
    return made or 0


_CLAIM = """
    insert into sent_form (asker, key, body_sha256, created_at) values ($1, $2, $3, $4)
    on conflict (asker, key) do nothing returning id
"""
_CLAIMED = "select body_sha256 = $3 as same, made from sent_form where asker = $1 and key = $2"
_TWICE = """
    select exists (
        select from sent_form where asker = $1 and body_sha256 = $2 and key <> $3 and created_at > $4
    )
"""


async def forget_forms(actor: Actor = SYSTEM) -> None:
    """Forms are remembered a day: nobody comes back to one later."""
    async with acting(actor, "form.forget"):
        actor.must(Permission.PLATFORM_RUN)
        await db.execute("delete from sent_form where created_at < $1", clock.now() - rules.FORMS_KEPT)
