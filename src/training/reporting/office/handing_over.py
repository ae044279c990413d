"""For who takes over: what is in progress and whose turn it is, what comes again, who is who, where things are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from training.billing.queries.transmissions import last_step, open_deposits
from training.directory import queries as directory
from training.directory.rules.credentials import CREDENTIAL_KIND_NAMES
from training.identity import queries as identity
from training.identity.queries import AccountView, KeyView
from training.identity.rules import ROLE_NAMES, Role
from training.kernel import addresses, clock, db
from training.kernel.actor import Actor, ActorKind, Scope
from training.kernel.addresses import WAITING
from training.kernel.errors import NotFound
from training.kernel.i18n import N_, _
from training.kernel.permissions import Permission
from training.kernel.render import moment
from training.records import queries as records
from training.reporting.office.recurring import Recurring, recurring
from training.reporting.office.today.counts import LATE, UNMANNED
from training.reporting.office.turns import turn_said
from training.reporting.office.who import names_of
from training.scheduling import queries as scheduling
from training.scheduling.queries import DateLed
from training.scheduling.rules import taken_over

P = Permission
EACH_MOST = 8  # of each kind; the list has the others
PEOPLE_MOST = 80
AHEAD = timedelta(days=60)  # how far ahead of a session or a paper's end is looked


@dataclass(frozen=True, slots=True)
class OpenThing:
    """One thing in progress: whose `turn` it is, in words; `by` did the last act on it, `acted_at`."""

    label: str
    detail: str
    turn: str
    href: str
    at: datetime
    acted_at: datetime | None
    by: str


@dataclass(frozen=True, slots=True)
class OpenGroup:
    """The things of one kind, the oldest first; `total` counts those that are not shown too."""

    name: str
    href: str
    total: int
    things: list[OpenThing]


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    list_at: str
    item_at: Callable[[Any], str]  # by the row's key: a number, or what it is called in addresses
    who: Permission


KINDS: dict[str, _Kind] = {
    "organisation": _Kind(
        N_("Structures à valider"), WAITING["organisations"], addresses.office_organisation, P.ORGANISATIONS_APPROVE
    ),
    "request": _Kind(N_("Réservations à valider"), WAITING["bookings"], addresses.office_booking, P.BOOKINGS_SEE),
    "option": _Kind(
        N_("Options qui finissent dans la semaine"), WAITING["options"], addresses.office_booking, P.BOOKINGS_SEE
    ),
    "preparing": _Kind(
        N_("Séances en préparation"), f"{addresses.office_sessions()}?etat=draft", addresses.office_session,
        P.SESSIONS_PLAN,
    ),
    "unmanned": _Kind(
        N_("Séances sans personne pour animer"), WAITING["unmanned"], addresses.office_session, P.SESSIONS_PLAN
    ),
    "asked": _Kind(
        N_("Séances proposées à la personne qui anime"), WAITING["missions"], addresses.office_session, P.SESSIONS_PLAN
    ),
    "paper": _Kind(
        N_("Papiers qui arrivent à leur terme"), WAITING["papers"], addresses.office_credential_renewal,
        P.SESSIONS_PLAN,
    ),
    "draft": _Kind(N_("Factures à émettre"), WAITING["drafts"], addresses.office_draft, P.INVOICES_SEE),
    "late": _Kind(N_("Factures en retard"), WAITING["late"], addresses.office_invoice, P.INVOICES_SEE),
    "promise": _Kind(N_("Promesses de paiement"), WAITING["reminders"], addresses.office_invoice, P.INVOICES_SEE),
    "dispute": _Kind(N_("Factures contestées"), WAITING["reminders"], addresses.office_invoice, P.INVOICES_SEE),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody to know: how they are called, of what, how they are reached."""

    name: str
    of: str
    phone: str | None
    email: str | None


@dataclass(frozen=True, slots=True)
class OfficeHandingOver:
    """What the page shows. `keys`, `access`: of an administrator alone."""

    groups: list[OpenGroup]
    recurring: list[Recurring]
    people: list[Known]
    partners: list[Known]
    funders: list[Known]
    team: list[AccountView]
    access: list[tuple[str, str]]
    keys: list[KeyView]
    backup: str | None
    may_hand_over: bool


async def handing_over_page(actor: Actor) -> OfficeHandingOver:
    """What the page shows, in as many statements however much there is, a few of each kind."""
    administers = actor.may(P.PLATFORM_EDIT)
    people, partners, funders = await _known()
    team = await scheduling.team()
    return OfficeHandingOver(
        groups=await _groups(actor),
        recurring=recurring(clock.today(), await directory.fiscal_year_end()),
        people=people,
        partners=partners,
        funders=funders,
        team=team,
        access=await _access() if administers else [],
        keys=[key for key in await identity.api_keys() if key.revoked_at is None][:20] if administers else [],
        backup=await _backup() if administers else None,
        may_hand_over=administers and len(team) > 1,
    )


@dataclass(frozen=True, slots=True)
class _Row:
    kind: str
    key: str
    label: str
    detail: str
    at: datetime
    total: int
    turn: str
    turn_of: str | None
    acted_at: datetime | None
    actor_kind: ActorKind | None
    actor_id: int | None


async def _groups(actor: Actor) -> list[OpenGroup]:
    sql = _OPEN.format(
        most=EACH_MOST,
        unmanned=UNMANNED.format("$1", "$2"),
        late=LATE.format("$3"),
        asked=_ASKED_FOR,
        deposit=last_step("r.invoice"),
    )
    bounds = (clock.now(), clock.now() + AHEAD, clock.today(), clock.today() + AHEAD, clock.now() + timedelta(days=7))
    rows = await db.rows(_Row, sql, *bounds)
    who = await names_of({(row.actor_kind, row.actor_id) for row in rows if row.actor_kind})
    shown = [(name, kind) for name, kind in KINDS.items() if actor.may(kind.who)]
    groups = [_group(kind, found, who) for name, kind in shown if (found := [row for row in rows if row.kind == name])]
    return groups + (await _deposits(actor.scope) if actor.may(P.INVOICES_SEE) else [])


async def _deposits(scope: Scope) -> list[OpenGroup]:
    """What is on its way through Chorus Pro and not late yet, the longest there first."""
    found = [deposit for deposit in await open_deposits(scope) if not deposit.late]
    things = [
        OpenThing(
            one.payer_name,
            one.number,
            turn_said(one.status, None),
            addresses.office_invoice(one.number),
            clock.at(one.since, time()),
            None,
            "",
        )
        for one in found[:EACH_MOST]
    ]
    return (
        [OpenGroup(_("Sur Chorus Pro"), f"{addresses.office_invoices()}/chorus", len(found), things)] if found else []
    )


def _group(kind: _Kind, rows: list[_Row], who: dict[tuple[str, int | None], str]) -> OpenGroup:
    things = [
        OpenThing(
            row.label,
            _detail(row),
            turn_said(row.turn, row.turn_of),
            kind.item_at(row.key),
            row.at,
            row.acted_at,
            who.get((row.actor_kind, row.actor_id), "") if row.actor_kind else "",
        )
        for row in rows
    ]
    return OpenGroup(_(kind.name), kind.list_at, rows[0].total, things)


def _detail(row: _Row) -> str:
    """Of a paper without a name of its own, what kind of paper it is."""
    names = {kind.value: name for kind, name in CREDENTIAL_KIND_NAMES.items()} if row.kind == "paper" else {}
    return _(names[row.detail]) if row.detail in names else row.detail


# Who is asked for a date of a session `s` and has not said.
_ASKED_FOR = """(
    select string_agg(distinct f.name, ', ') from slot t join assignment a on a.slot = t.id and a.state = 'proposed'
    join facilitator f on f.id = a.facilitator where t.session = s.id
)"""
_OPEN = """
    with open as (
        (select 'organisation' as kind, 'organisation' as subject, g.id, g.slug as key, g.name as label,
                g.city as detail, g.created_at as at, count(*) over () as total,
                'answer' as turn, null::text as turn_of
         from organisation g where g.state = 'pending' order by g.created_at, g.id limit {most:d})
        union all
        (select 'request', 'booking', b.id, b.reference, g.name, o.title, b.created_at, count(*) over (),
                case when g.state = 'pending' then 'admit' else 'answer' end, null
         from booking b join organisation g on g.id = b.organisation join session s on s.id = b.session
         join offer o on o.id = s.offer where b.state = 'pending' order by b.created_at, b.id limit {most:d})
        union all
        (select 'option', 'booking', b.id, b.reference, g.name, o.title, b.expires_at, count(*) over (),
                'confirm', null
         from booking b join organisation g on g.id = b.organisation join session s on s.id = b.session
         join offer o on o.id = s.offer
         where b.state = 'option' and b.expires_at < $5 order by b.expires_at, b.id limit {most:d})
        union all
        (select 'preparing', 'session', s.id, s.id::text, o.title, coalesce(g.name, ''), s.starts_at, s.total,
                case when w.asked is null then 'publish' else 'replies' end, w.asked
         from (select id, offer, organisation, starts_at, count(*) over () as total from session
               where state = 'draft' and starts_at > $1 order by starts_at, id limit {most:d}) s
         join offer o on o.id = s.offer left join organisation g on g.id = s.organisation,
         lateral (select {asked} as asked) w)
        union all
        (select 'unmanned', 'session', s.id, s.id::text, o.title, '', u.at, u.total,
                'find', null
         from (select session, at, count(*) over () as total from ({unmanned}) n order by at, session limit {most:d}) u
         join session s on s.id = u.session join offer o on o.id = s.offer)
        union all
        (select 'asked', 'session', s.id, s.id::text, o.title, '', s.at, s.total, 'replies', s.who
         from (select t.session as id, min(t.starts_at) as at, string_agg(distinct f.name, ', ') as who,
                      count(*) over () as total
               from slot t cross join lateral (
                   select facilitator from assignment where slot = t.id and state = 'proposed' offset 0
               ) a join facilitator f on f.id = a.facilitator
               where t.starts_at > $1 and t.starts_at < $2 group by t.session
               order by min(t.starts_at), t.session limit {most:d}) s
         join session n on n.id = s.id and session_bookable(n.state) join offer o on o.id = n.offer)
        union all
        (select 'paper', 'credential', c.id, c.id::text, coalesce(f.name, p.name),
                coalesce(nullif(c.label, ''), c.kind), c.valid_until::timestamp at time zone 'Europe/Paris',
                count(*) over (), 'renew', coalesce(f.name, p.name)
         from credential c left join facilitator f on f.id = c.facilitator left join partner p on p.id = c.partner
         where c.archived_at is null and c.valid_until < $4 and coalesce(f.active, p.active)
         order by c.valid_until, c.id limit {most:d})
        union all
        (select 'draft', 'invoice', i.id, i.id::text, g.name, i.subject, i.created_at, count(*) over (),
                case when i.asked_at is not null and i.purchase_order is null then 'number'
                     when i.issue_at is not null and i.kept_back_at is null then 'leaves' else 'issue' end, null
         from invoice i join organisation g on g.id = i.payer
         where i.state = 'draft' order by i.created_at, i.id limit {most:d})
        union all
        (select 'late', 'invoice', r.invoice, r.number, g.name, r.number,
                r.due_on::timestamp at time zone 'Europe/Paris', r.total,
                case when exists (select from reminder m where m.receivable = r.id and m.is_task and m.done_at is null)
                     then 'call'
                     when g.buyer = 'public' then coalesce(({deposit}), 'to_deposit') else 'pay' end, null
         from (select r.id, r.invoice, r.number, r.payer, r.due_on, count(*) over () as total from receivable r
               where r.invoice is not null and {late} order by r.due_on, r.id limit {most:d}) r
         join organisation g on g.id = r.payer)
        union all
        (select p.kind, 'receivable', r.id, r.number, g.name, p.note, p.created_at,
                count(*) over (partition by p.kind),
                case when p.kind = 'dispute' then 'answer' when p.until < $3 then 'call' else 'pay' end, null
         from payment_pause p join receivable r on r.id = p.receivable join organisation g on g.id = r.payer
         where p.ended_at is null and r.invoice is not null order by p.created_at, p.id limit {most:d})
    )
    select w.kind, w.key, w.label, w.detail, w.at, w.total, w.turn, w.turn_of,
           a.at as acted_at, a.actor_kind, a.actor_id
    from open w left join lateral (
        select at, actor_kind, actor_id from audit
        where subject_kind = w.subject and subject_id = w.id order by at desc, id desc limit 1
    ) a on true
    order by w.kind, w.at, w.key
"""


async def _known() -> tuple[list[Known], list[Known], list[Known]]:
    """Who delivers, partners, funders: one statement."""
    sql = f"""
        (select 1 as kind, f.name, coalesce(p.name, '') as of, f.phone, f.email
         from facilitator f left join partner p on p.id = f.partner where f.active
         order by fold(f.name), f.name, f.id limit {PEOPLE_MOST:d})
        union all
        (select 2, name, '', phone, email from partner where active order by fold(name), name, id limit {PEOPLE_MOST:d})
        union all
        (select 3, name, sentence, null, null from supporter where active and kind = 'funder'
         order by position, id limit {PEOPLE_MOST:d})
    """
    found: tuple[list[Known], list[Known], list[Known]] = ([], [], [])
    for kind, *who in await db.connection().fetch(sql):
        found[kind - 1].append(Known(*who))
    return found


async def _access() -> list[tuple[str, str]]:
    """Who of the team holds which role, by name."""
    sql = """
        select a.name || ' (' || a.email || ')' as name, m.role from membership m join account a on a.id = m.account
        where a.active and num_nonnulls(m.organisation, m.partner, m.facilitator) = 0
        order by fold(a.name), a.name, a.id limit 60
    """
    return [(record["name"], _(ROLE_NAMES[Role(record["role"])])) for record in await db.connection().fetch(sql)]


async def _backup() -> str:
    last = await records.last_backup()
    if last is None:
        return _("Aucune sauvegarde n’est connue de ce site.")
    words = _("{when}, copiée ailleurs") if last.copied else _("{when}, sur cette machine seulement")
    return words.format(when=moment(last.taken_at))


@dataclass(frozen=True, slots=True)
class HandingOver:
    """What one colleague would give to another. `alone`: whoever takes over leads no session, so dates stay."""

    former: AccountView
    taker: AccountView
    dates: list[DateLed]
    alone: bool
    roles: list[str]
    platform_names: list[str]
    keys: int  # that end with the former's access
    feeds: int
    access_at: str


async def preview(former: int, taker: int) -> HandingOver:
    """What would go over, before it does. NotFound: one of them is not on the team, or both are the same."""
    leaver, heir = await scheduling.team_member(former), await scheduling.team_member(taker)
    if leaver is None or heir is None or former == taker:
        raise NotFound(_("Choisissez deux personnes de l’équipe."))
    platform = await directory.the_platform()
    said = taken_over({"contact_name": platform.contact_name, "people": platform.people}, leaver.name, heir.name)
    words = {"contact_name": _("la personne à appeler"), "people": _("les personnes qui répondent")}
    own = """
        select (select count(*) from api_key where account = $1 and revoked_at is null) as keys,
               (select count(*) from feed_token where account = $1 and revoked_at is null) as feeds
    """
    counted = await db.connection().fetchrow(own, former)
    return HandingOver(
        former=leaver,
        taker=heir,
        dates=await scheduling.dates_led(leaver.email, clock.now()),
        alone=not await scheduling.facilitators_of(heir.email),
        roles=_roles(await scheduling.team_roles_to_give(former, taker)),
        platform_names=[words[name] for name in said],
        keys=counted["keys"],
        feeds=counted["feeds"],
        access_at=f"{addresses.office_access()}?q={leaver.email}",
    )


def _roles(roles: Iterable[Role]) -> list[str]:
    return [_(ROLE_NAMES[role]) for role in roles]
