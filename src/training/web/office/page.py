"""What every staff page shares: who may enter, and the red banner. No page of its own."""

from __future__ import annotations

from typing import Any

from litestar.connection import ASGIConnection
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.response import Template
from markupsafe import Markup

from training.kernel import render
from training.kernel.actor import Actor
from training.kernel.i18n import _, ngettext
from training.kernel.permissions import Permission
from training.messages import queries as mails
from training.messages.queries import Departures
from training.messages.rules import Stop
from training.reporting.office.rail import rail
from training.web.office import meanwhile
from training.web.pages import Asked, page, the_actor


async def staff_only(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Behind the guard of every route: the permission is needed at large, not in one organisation.

    A town hall's manager may cancel bookings too: theirs, in their space, not here.
    """
    actor: Actor | None = connection.scope.get("user")
    needed = handler.opt.get("permission", "")
    if actor is None or not actor.may(Permission.OFFICE_SEE) or not actor.may(needed):
        raise PermissionDeniedException(_("Votre rôle ne permet pas de voir cette page."))


async def show(request: Asked, name: str, status: int = 200, **context: Any) -> Template:
    """A staff page, under its alarms, beside the menu with what waits."""
    waits = await rail(the_actor(request))
    for value in context.values():
        await meanwhile.tell(value)
    return await page(request, f"office/{name}.html", status, alarms=await alarms(request), rail=waits, **context)


async def alarms(request: Asked) -> list[Markup]:
    """What no staff page may hide: mail that does not leave."""
    now = await mails.departures()
    found: list[Markup] = []
    if words := _stopped(now):
        if waiting := now.waiting:
            words += " " + ngettext("%(num)d courriel attend.", "%(num)d courriels attendent.", waiting) % {
                "num": waiting
            }
        link = Markup('<a href="/gestion/courriels">{}</a>').format(_("Les courriels"))
        if now.stop_of_signin and the_actor(request).may(Permission.COLLEAGUES_MANAGE):
            door = Markup('<a href="/gestion/connexions">{}</a>').format(
                _("Donner un code à qui n’arrive pas à entrer")
            )
            link = Markup(" · ").join(filter(None, (link, door)))
        if now.stop == Stop.NOBODY:
            link = Markup('<a href="/gestion/premiers-pas/identite">{}</a>').format(_("Le dire"))
        found.append(Markup("{} {}").format(words, link))
    if failed := now.failed:
        words = ngettext(
            "%(num)d courriel n’a pas pu être remis.", "%(num)d courriels n’ont pas pu être remis.", failed
        )
        link = Markup('<a href="/gestion/courriels?etat=failed">{}</a>').format(_("Voir pourquoi"))
        found.append(Markup("{} {}").format(words % {"num": failed}, link))
    return found


def _stopped(now: Departures) -> str:
    if now.stop == Stop.NOBODY:
        return _("Aucun courriel ne part tant que personne n’a dit qui tient ce site.")
    if now.stop == Stop.NO_SERVER:
        return _("Aucun courriel ne part : le serveur d’envoi n’est pas réglé. Demandez-le à qui héberge le site.")
    if now.stop == Stop.REFUSING and now.since is not None:
        words = _("Aucun courriel ne part depuis le {moment} : le serveur d’envoi n’en prend pas (« {answer} »).")
        return words.format(moment=render.moment(now.since), answer=now.answer)
    if now.stop == Stop.RESTORED and now.restored_at is not None:
        words = _(
            "Site restauré d’une sauvegarde le {moment} : seuls les courriels de connexion partent. Si c’est bien le "
            "site, et pas une copie, demandez à la personne qui l’héberge de laisser partir les autres."
        )
        return words.format(moment=render.moment(now.restored_at))
    return ""
