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
    Permission.BOOKINGS_MAKE: N_("Votre rôle ne permet pas de réserver pour {name} : demandez à son responsable."),
    Permission.BOOKINGS_CANCEL: N_("Votre rôle ne permet pas d’annuler pour {name} : demandez à son responsable."),
    Permission.BOOKINGS_CONFIRM: N_("Votre rôle ne permet pas de confirmer pour {name} : demandez à son responsable."),
    Permission.INVOICES_SEE: N_(
        "Votre rôle ne permet pas de voir les factures de {name} : demandez à son responsable."
    ),
    Permission.INVOICES_PAY: N_("Votre rôle ne permet pas de payer pour {name} : demandez à son responsable."),
    Permission.FEEDS_MANAGE: N_(
        "Votre rôle ne permet pas de gérer les agendas de {name} : demandez à son responsable."
    ),
    Permission.COLLEAGUES_MANAGE: N_("Votre rôle ne permet pas de gérer les accès de {name} : demandez à qui le peut."),
}
_REFUSED_OTHERWISE = N_("Votre rôle ne permet pas de voir cette page de {name}.")


async def organisation_of(request: Asked, slug: str, permission: Permission) -> OrganisationView:
    """NotFound when it is not theirs (or is none): nobody learns which. Forbidden when their role there is another."""
    actor = the_actor(request)
    found = await directory.organisation_by_slug(slug)
    if found is None or not (actor.scope.everything or found.id in actor.scope.organisations):
        raise NotFound(_("Cette structure n’existe pas, ou vous n’en faites pas partie."))
    if not actor.may(permission, organisation=found.id):
        raise Forbidden(_(_REFUSED.get(permission, _REFUSED_OTHERWISE)).format(name=found.name))
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
