"""Who may come in, on the team, in an organisation or as a facilitator, and who might: added, changed, removed."""

from __future__ import annotations

from collections.abc import Iterable

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.directory.rules.numbers import check_email
from training.identity.actions.leaving import remove
from training.identity.actions.role_changes import change_role
from training.identity.actions.roles import join_team, keep
from training.identity.queries import MembershipFilter, MembershipView
from training.identity.rules import PLATFORM_ROLES, ROLE_HELP, ROLE_NAMES, Origin, Role
from training.kernel.i18n import N_, _
from training.kernel.permissions import Permission
from training.reporting.office import access as reading
from training.reporting.office.access import OfficeRoleChange
from training.web.forms import Form
from training.web.office.page import show
from training.web.pages import Asked, go, once, parts, the_actor
from training.web.parameters import PER_PAGE, asked, pager, row, row_key

P = Permission
PATH = "/gestion/acces"
FORMER = f"{PATH}/anciens"
OTHERS, UNMATCHED = "autres", "a-decider"

ORIGINS: dict[Origin, str] = {
    Origin.CONTACT: N_("Contact de la structure"),
    Origin.FACILITATOR: N_("Anime des séances"),
    Origin.HAND: N_("Donné à la main"),
    Origin.UNMATCHED: N_("Origine inconnue"),
}


@get(PATH, permission=P.PLATFORM_EDIT)
async def listing(request: Asked) -> Template:
    """The team first; the others, and those to decide about, have their tab."""
    kept = {"etat": asked(request, "etat"), "q": asked(request, "q"), "structure": asked(request, "structure")}
    after = row_key(asked(request, "apres"))
    found = await reading.access_page(_filter(**kept), after=after, limit=PER_PAGE)
    return await show(
        request,
        "settings/access",
        form=Form.filled(kept),
        kept=kept,
        origins={origin.value: _(words) for origin, words in ORIGINS.items()},
        pager=pager(PATH, found.following, after is not None, **kept),
        **parts(found),
    )


def _filter(etat: str, q: str, structure: str) -> MembershipFilter:
    if etat == UNMATCHED:
        return MembershipFilter(unmatched=True, search=q)
    if structure or etat == OTHERS:
        return MembershipFilter(team=False, organisation=structure, search=q)
    return MembershipFilter(team=None if q else True, search=q)  # a search looks everywhere


@get(FORMER, permission=P.PLATFORM_EDIT)
async def former(request: Asked) -> Template:
    """Who had access until when, and why it ended: of the team and everybody, or of one organisation."""
    kept = {"q": asked(request, "q"), "structure": asked(request, "structure")}
    after = row_key(asked(request, "apres"))
    narrowed = MembershipFilter(organisation=kept["structure"], search=kept["q"])
    found = await reading.former_page(narrowed, after=after, limit=PER_PAGE)
    return await show(
        request,
        "settings/access_former",
        form=Form.filled(kept),
        kept=kept,
        pager=pager(FORMER, found.following, after is not None, **kept),
        **parts(found),
    )


@get(f"{PATH}/nouveau", permission=P.PLATFORM_EDIT)
async def new_page(request: Asked) -> Template:
    """An address, a name, a role of the team."""
    return await _new_page(request, Form.filled({"role": Role.ADVISER.value}))


@post(f"{PATH}/nouveau", permission=P.PLATFORM_EDIT)
async def add(request: Asked) -> Template | Redirect:
    """Let somebody into the team, and write to them."""
    form = await Form.of(request)
    name = form.text("name", required=True)
    email = form.checked("email", check_email, required=True) or ""
    role = form.choice("role", Role)
    if role is not None and role not in PLATFORM_ROLES:
        form.errors.setdefault("role", _("Choisissez une réponse."))
    if form.good and role is not None:
        with form.refusals():
            await once(request, form, lambda: join_team(the_actor(request), email, name, role))
            return go(PATH, _("{name} fait partie de l’équipe, un courriel part.").format(name=name))
    return await _new_page(request, form)


async def _new_page(request: Asked, form: Form) -> Template:
    return await show(request, "settings/access_new", form.status, form=form, roles=_choices(PLATFORM_ROLES))


def _choices(roles: Iterable[Role]) -> list[tuple[str, str, str]]:
    return [(role.value, _(ROLE_NAMES[role]), _(ROLE_HELP[role])) for role in roles]


@post(PATH + "/{membership:int}/garder", permission=P.PLATFORM_EDIT)
async def keep_role(request: Asked, membership: FromPath[int]) -> Redirect:
    """A role of unknown origin stands."""
    await keep(the_actor(request), row(membership))
    return go(f"{PATH}?etat={UNMATCHED}", _("Cet accès est gardé : il ne finira que si quelqu’un le retire."))


@get(PATH + "/{membership:int}/role", permission=P.PLATFORM_EDIT)
async def ask_change(request: Asked, membership: FromPath[int]) -> Template:
    """What somebody does, and what else they might."""
    found = await reading.role_page(row(membership))
    return await _change(request, found, Form.filled({"role": found.held.role.value}))


@post(PATH + "/{membership:int}/role", permission=P.PLATFORM_EDIT)
async def change(request: Asked, membership: FromPath[int]) -> Template | Redirect:
    """Somebody has another role from now on, and is written to."""
    form, actor = await Form.of(request), the_actor(request)
    role = form.choice("role", Role)
    if form.good and role is not None:
        with form.refusals():
            keys = form.values.get("keep_keys") != "1"
            held = await change_role(actor, row(membership), role, keys=keys)
            said = _("{name} a maintenant ce rôle : {role}.").format(name=held.name, role=_(ROLE_NAMES[role]))
            if held.account == actor.id and held.of_team and P.PLATFORM_EDIT not in PLATFORM_ROLES[role]:
                return go("/gestion", said)  # of these pages, the reader has none left
            return go(PATH if held.of_team else f"{PATH}?etat={OTHERS}", said)
    return await _change(request, await reading.role_page(row(membership)), form)


async def _change(request: Asked, found: OfficeRoleChange, form: Form) -> Template:
    shown = {"held": found.held, "ends": found.ends, "place": place(found.held), "roles": _choices(found.roles)}
    return await show(request, "settings/access_role", form.status, form=form, **shown)


@get(PATH + "/{membership:int}/retirer", permission=P.PLATFORM_EDIT)
async def ask_remove(request: Asked, membership: FromPath[int]) -> Template:
    """What removing leads to, in numbers, before it is done."""
    return await _removal(request, membership, Form())


@post(PATH + "/{membership:int}/retirer", permission=P.PLATFORM_EDIT)
async def remove_role(request: Asked, membership: FromPath[int]) -> Template | Redirect:
    """End a role, and all that its holder kept through it."""
    form = await Form.of(request)
    with form.refusals():
        keys = form.values.get("keep_keys") != "1"
        held = await remove(the_actor(request), row(membership), keys=keys)
        said = _("{name} n’a plus cet accès.").format(name=held.name)
        if held.account == the_actor(request).id and held.of_team:
            return go("/", said)  # of these pages, the reader has none left
        return go(PATH if held.of_team else f"{PATH}?etat={OTHERS}", said)
    return await _removal(request, membership, form)


async def _removal(request: Asked, membership: int, form: Form) -> Template:
    found = await reading.removal_page(row(membership))
    shown = {**parts(found), "place": place(found.held), "origin": _(ORIGINS[found.held.origin])}
    return await show(request, "settings/access_remove", form.status, form=form, **shown)


def place(held: MembershipView) -> str:
    """Where a role is held, in words."""
    return held.organisation or held.partner or (_("Séances") if held.facilitator else _("Équipe"))


HANDLERS = [listing, former, new_page, add, keep_role, ask_change, change, ask_remove, remove_role]
