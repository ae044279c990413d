"""The organisation that a page of the space is about, and whether who asks may do this there."""

from __future__ import annotations

from typing import Any

from training.directory import queries as directory
from training.directory.queries import OrganisationView
from training.kernel.actor import Actor
from training.kernel.errors import Forbidden, NotFound
from training.kernel.i18n import N_, _
from training.kernel.permissions import Permission
from training.web.pages import Asked, the_actor

_REFUSED = {
    Permission.BOOKINGS_MAKE: N_("Vous ne pouvez pas réserver pour {name}."),
    Permission.BOOKINGS_CANCEL: N_("Vous ne pouvez pas annuler les réservations de {name}."),
    Permission.BOOKINGS_CONFIRM: N_("Vous ne pouvez pas confirmer les réservations de {name}."),
    Permission.INVOICES_SEE: N_("Vous n’avez pas accès aux factures de {name}."),
    Permission.INVOICES_PAY: N_("Vous ne pouvez pas payer les factures de {name} en ligne."),
    Permission.FEEDS_MANAGE: N_("Vous n’avez pas accès aux agendas de {name}."),
    Permission.COLLEAGUES_MANAGE: N_("Vous ne gérez pas les accès de {name}."),
}
_REFUSED_OTHERWISE = N_("Vous n’avez pas accès à cette page de {name}.")


def no_right(permission: Permission, name: str) -> Forbidden:
    """What somebody lacks in an organisation, and whom to ask for it."""
    lacking = _(_REFUSED.get(permission, _REFUSED_OTHERWISE)).format(name=name)
    whom = _("Demandez-le à la personne qui gère cet espace dans votre structure.")
    return Forbidden(f"{lacking} {whom}")


async def organisation_of(request: Asked, slug: str, permission: Permission) -> OrganisationView:
    """NotFound when it is not theirs (or is none): nobody learns which. Forbidden when their role there is another."""
    actor = the_actor(request)
    found = await directory.organisation_by_slug(slug)
    if found is None or not (actor.scope.everything or found.id in actor.scope.organisations):
        raise NotFound(_("Cette structure n’existe pas, ou vous n’en faites pas partie."))
    if not actor.may(permission, organisation=found.id):
        raise no_right(permission, found.name)
    return found


def stops(actor: Actor, organisation: OrganisationView) -> list[tuple[str, str]]:
    """The pages of the space that this person may open: address and name."""
    base = f"/espace/{organisation.slug}"
    known: list[tuple[Permission, str, str]] = [
        (Permission.BOOKINGS_SEE, base, _("Accueil")),
        (Permission.BOOKINGS_SEE, f"{base}/reservations", _("Réservations")),
        (Permission.INVOICES_SEE, f"{base}/factures", _("Factures")),
        (Permission.FEEDS_MANAGE, f"{base}/agenda", _("Agenda")),
        (Permission.COLLEAGUES_MANAGE, f"{base}/collegues", _("Collègues")),
    ]
    return [(path, name) for permission, path, name in known if actor.may(permission, organisation=organisation.id)]


def frame(request: Asked, organisation: OrganisationView, current: str = "") -> dict[str, Any]:
    """What every page of the space shows around its content; `current` is the last part of the stop's address."""
    actor = the_actor(request)
    base = f"/espace/{organisation.slug}"
    return {
        "organisation": organisation,
        "base": base,
        "stops": stops(actor, organisation),
        "current": f"{base}/{current}" if current else base,
        "several": len(actor.scope.organisations) > 1,
    }
