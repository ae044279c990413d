"""Who reads which block and gets which button: a table of each page, of what is on it, and of the roles that see it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

import makers
from book_rows import draft
from office_makers import staff
from portal_makers import enter, hold_session
from training.billing.queries import invoices as billing
from training.bookings.actions import booking as bookings
from training.bookings.actions.booking import NewBooking
from training.identity.rules import Role
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.worker import drain

pytestmark = pytest.mark.anyio

MANAGER, MEMBER, ACCOUNTANT, REFERRER = Role.MANAGER, Role.MEMBER, Role.ACCOUNTANT, Role.REFERRER
ADMINISTRATOR, ADVISER, BOOKKEEPER = Role.ADMINISTRATOR, Role.ADVISER, Role.BOOKKEEPER
EVERY, TEAM = {MANAGER, MEMBER, ACCOUNTANT, REFERRER}, {ADMINISTRATOR, ADVISER, BOOKKEEPER}
Seen = tuple[str, str, set[Role]]  # page, what is on it, who sees it

# {past}: a booking that was held and invoiced; {coming}, {option}: of a coming session
PORTAL: list[Seen] = [
    ("", "Factures à payer", {MANAGER, ACCOUNTANT}),
    ("", "{number}", {MANAGER, ACCOUNTANT}),
    ("", "Toutes les factures", {MANAGER, ACCOUNTANT}),
    ("", 'href="{base}/factures"', {MANAGER, ACCOUNTANT}),
    ("", "Dans votre agenda", {MANAGER, MEMBER}),
    ("", 'href="{base}/agenda"', {MANAGER, MEMBER}),
    ("", "Réserver une autre séance", {MANAGER, MEMBER, REFERRER}),
    ("", "{option}", EVERY),
    ("/reservations", "{past}", EVERY),
    ("/reservations/{past}", "350,00", EVERY),
    ("/reservations/{past}", "{number}", {MANAGER, ACCOUNTANT}),
    ("/reservations/{past}", "Facture {number}</a>", {MANAGER, ACCOUNTANT}),
    ("/reservations/{past}", "/confirmer", set()),
    ("/reservations/{past}", "/annuler", set()),
    ("/reservations/{past}", "Enregistrer les noms", set()),
    ("/reservations/{coming}", "/annuler", {MANAGER, MEMBER}),
    ("/reservations/{coming}", "Enregistrer les noms", {MANAGER, MEMBER, REFERRER}),
    ("/reservations/{coming}", "/confirmer", set()),
    ("/reservations/{coming}", "Compléter pour la facture", {MANAGER, MEMBER, ACCOUNTANT, REFERRER}),
    ("/reservations/{option}", "/confirmer", {MANAGER, MEMBER}),
    ("/reservations/{option}", "/annuler", {MANAGER, MEMBER}),
]
OFFICE: list[Seen] = [
    ("", 'href="/gestion/lieux"', {ADMINISTRATOR, ADVISER}),
    ("", 'href="/gestion/factures"', TEAM),
    ("", 'href="/gestion/courriels"', TEAM),
    ("", 'href="/gestion/agendas"', {ADMINISTRATOR, ADVISER}),
    ("", 'href="/gestion/file"', {ADMINISTRATOR, ADVISER}),
    ("", 'href="/gestion/plateforme"', {ADMINISTRATOR}),
    ("", 'href="/gestion/cles"', {ADMINISTRATOR}),
    ("", 'href="/gestion/seances/nouvelle"', {ADMINISTRATOR, ADVISER}),
    ("/seances", 'href="/gestion/seances/nouvelle"', {ADMINISTRATOR, ADVISER}),
    ("/seances/{session}", "/modifier", {ADMINISTRATOR, ADVISER}),
    ("/seances/{session}", "/annuler", {ADMINISTRATOR, ADVISER}),
    ("/seances/{session}", "Confirmer avant la fin que", {ADMINISTRATOR}),
    ("/seances/{held}", "/annuler-realisee", {ADMINISTRATOR, ADVISER}),
    ("/seances/{over}", "Confirmer que la séance a eu lieu", {ADMINISTRATOR, ADVISER}),
    ("/reservations/{coming}", "/annuler", {ADMINISTRATOR, ADVISER}),
    ("/reservations/{coming}", "/payeurs", TEAM),
    ("/reservations/{coming}", "/acompte", set()),
    ("/reservations/{option}", "/confirmer", {ADMINISTRATOR, ADVISER}),
    ("/reservations/{waits}", "/confirmer", {ADMINISTRATOR, ADVISER}),
    ("/reservations/{waits}", "/refuser", {ADMINISTRATOR, ADVISER}),
    ("/reservations/{past}", "{number}", TEAM),
    ("/structures/attend", "/valider", {ADMINISTRATOR, ADVISER}),
    ("/structures/{slug}", "/facturation", TEAM),
    ("/structures/{slug}", "{number}", TEAM),
    ("/factures/{number}", "/avoir", TEAM),
    ("/factures/{number}", "Enregistrer un paiement", TEAM),
    ("/factures/{number}", "Passer en perte ce qui reste", {ADMINISTRATOR, BOOKKEEPER}),
    ("/comptes/reprises", "Reprise", {ADMINISTRATOR, BOOKKEEPER}),
    ("/comptes", 'href="/gestion/comptes/reprises"', {ADMINISTRATOR, BOOKKEEPER}),
    ("/comptes/journal", "Préparer la remise", {ADMINISTRATOR, BOOKKEEPER}),
    ("/comptes/plan", "Enregistrer", {ADMINISTRATOR, BOOKKEEPER}),
    ("/comptes/clotures", "Voir avant de clore", {ADMINISTRATOR, BOOKKEEPER}),
]


async def scene() -> dict[str, object]:
    """What the tables name."""
    town = await makers.make_town()
    past = await makers.make_booking(town, 4)
    later = await makers.make_session(town.offer, starts_at=makers.NOON + timedelta(days=60))
    over = await makers.make_session(town.offer, starts_at=makers.NOON - timedelta(days=2))
    coming = await bookings.book(SYSTEM, NewBooking(later, town.organisation, 2))
    option = await makers.book_apart(replace(town, session=later), 2, option=True)
    waiting = await makers.make_organisation("Attend", siret=None, approved=False, domain="attend.example.org")
    waits = await bookings.book(SYSTEM, NewBooking(later, waiting, 2))
    await drain()
    await hold_session(town)
    (invoice,) = await billing.invoices(SYSTEM.scope)
    return {
        "past": past.reference, "coming": coming.reference, "option": option.reference, "waits": waits.reference,
        "number": invoice.number, "slug": town.slug, "base": f"/espace/{town.slug}", "session": later, "over": over,
        "held": town.session, "organisation": town.organisation,
    }  # fmt: skip


async def compared(client, prefix: str, table: list[Seen], names: dict[str, object], role: Role) -> None:
    """Each page once; what is on it for this role, as the table says."""
    pages: dict[str, str] = {}
    wrong = []
    for page, what, who in table:
        path = prefix + page.format(**names)
        if path not in pages:
            answer = await client.get(path)
            assert answer.status_code in (200, 403), (path, answer.status_code)
            found = re.sub(r'<nav class="side".*?</nav>', "", answer.text, flags=re.S) if page else answer.text
            pages[path] = found if answer.status_code == 200 else ""
        if (what.format(**names) in pages[path]) != (role in who):
            wrong.append((page, what))
    assert not wrong, role


@pytest.mark.parametrize("role", [MANAGER, MEMBER, ACCOUNTANT, REFERRER])
async def test_each_block_of_the_space_is_for_those_who_may(client, role):
    with clock.frozen(makers.NOON):
        names = await scene()
        await enter(client, int(str(names["organisation"])), role)
        await compared(client, str(names["base"]), PORTAL, names, role)


@pytest.mark.parametrize("role", [ADMINISTRATOR, ADVISER, BOOKKEEPER])
async def test_each_block_of_the_office_is_for_those_who_may(client, role):
    with clock.frozen(makers.NOON):
        names = await scene()
        await staff(client, role)
        await compared(client, "/gestion", OFFICE, names, role)


@pytest.mark.parametrize("role", [ADMINISTRATOR, ADVISER, BOOKKEEPER])
async def test_no_page_of_the_office_leads_its_reader_to_a_closed_door(client, role):
    """Every link of the pages that a role may open opens."""
    with clock.frozen(makers.NOON):
        names = await scene()
        await draft(int(str(names["organisation"])))
        await staff(client, role)
        seen: set[str] = set()
        for page in sorted({page for page, _what, _who in OFFICE}):
            answer = await client.get("/gestion" + page.format(**names))
            seen |= set(re.findall(r'href="(/gestion[^"#?]*)', answer.text)) if answer.status_code == 200 else set()
        for path in sorted(seen):
            assert (await client.get(path)).status_code != 403, path
    assert len(seen) > 20


async def test_a_facilitator_and_a_stranger_open_nothing_of_the_office_or_the_space(client):
    with clock.frozen(makers.NOON):
        names = await scene()
        await enter(client, None, name="personne")
        for who in ("personne@personne.example.org", "anime@example.org"):
            await makers.sign_in(client, who)
            for page in sorted({page for page, _what, _who in OFFICE}):
                assert (await client.get("/gestion" + page.format(**names))).status_code == 403, (who, page)
            for page in sorted({page for page, _what, _who in PORTAL}):
                answer = await client.get(str(names["base"]) + page.format(**names))
                assert answer.status_code in (403, 404), (who, page)
        await makers.sign_in(client, "personne@personne.example.org")
        for page in ("", "/passees", "/agenda", f"/seances/{names['held']}"):
            assert (await client.get("/animation" + page)).status_code == 403, page


async def test_a_facilitator_reads_how_many_come_and_nobody_s_name_or_money(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        await makers.make_booking(
            town, 4, participants=(makers.bookings.NewParticipant("Léa Exemple", "l@example.org"),)
        )
        await db.execute("update session set note = 'Clé au café'")
        await makers.sign_in(client, "anime@example.org")
        page = makers.text_of((await client.get(f"/animation/seances/{town.session}")).text)
    for fact in ("Commune d’Essai", "4 personnes", "Clé au café"):
        assert fact in page
    for secret in ("Léa", "l@example.org", "Rachel", "rh@mairie", "350", "compta@"):
        assert secret not in page, secret
