"""A booking for somebody on the telephone: all of it at once or nothing, by the same rules, with the same mails."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

import makers
from training.bookings.actions.booking import NewBooking
from training.bookings.actions.calls import NewCall, take_call
from training.bookings.actions.documents import NewDocument, attach, take_off
from training.bookings.rules.documents import DOCUMENT_MAX, DOCUMENTS_MOST
from training.bookings.rules.groups import BookedAlready
from training.bookings.rules.states import AskedBy, BookingState
from training.directory.actions.contacts import NewContact, add_contact
from training.directory.actions.organisations import NewOrganisation
from training.directory.rules.organisations import OrganisationKind
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.kernel.errors import Conflict, DomainError, Invalid
from training.reporting.office.calling import CallAsked, call_page
from training.scheduling.rules import SessionFull
from training.worker import drain

pytestmark = pytest.mark.anyio
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
SEES = NewOrganisation("Commune de Sées", OrganisationKind.COMMUNE, None, "", "61500", "Sées")
ANNA = NewContact("Anna Appel", None, "02 33 00 00 01")


def wanted(town: makers.Town, seats: int = 12, **more: object) -> NewBooking:
    return NewBooking(town.session, town.organisation, seats, **more)


async def test_a_telephone_alone_is_enough_to_book_and_nobody_is_written_to(database_test: None) -> None:
    town = await makers.make_town()
    booked = await take_call(SYSTEM, NewCall(wanted(town), AskedBy.PHONE, newcomer=SEES, person=ANNA))
    await drain()
    assert booked.state == BookingState.CONFIRMED
    row = await db.connection().fetchrow("select asked_by, contact from booking where id = $1", booked.id)
    assert row["asked_by"] == "phone"
    contact = await db.connection().fetchrow("select name, email, phone from contact where id = $1", row["contact"])
    assert (contact["name"], contact["email"], contact["phone"]) == ("Anna Appel", None, "02 33 00 00 01")
    assert await db.value("select count(*) from mail where subject_kind = 'booking'") == 0
    assert await db.value("select state from organisation where name = 'Commune de Sées'") == "approved"


async def test_the_client_gets_the_same_mails_and_the_actor_is_the_colleague(database_test: None) -> None:
    town = await makers.make_town()
    booked = await take_call(SYSTEM, NewCall(wanted(town, option=True), AskedBy.MAIL))
    await drain()
    mail = await db.connection().fetchrow("select to_email, occasion from mail where subject_kind = 'booking'")
    assert (mail["to_email"], mail["occasion"]) == ("rh@mairie.example.org", "booking_optioned")
    assert await db.value("select subject_id from audit where action = 'booking.take-call'") == booked.id


async def test_whoever_calls_for_more_adds_to_what_is_there_and_keeps_how_it_was_asked(database_test: None) -> None:
    town = await makers.make_town()
    first = await makers.make_booking(town, 12)
    added = await take_call(SYSTEM, NewCall(wanted(town, 25, had=12), AskedBy.PHONE))
    assert (added.id, added.seats) == (first.id, 37)
    assert await db.value("select asked_by from booking where id = $1", first.id) is None
    with pytest.raises(BookedAlready):
        await take_call(SYSTEM, NewCall(wanted(town, 3, option=True), AskedBy.PHONE))


@pytest.mark.parametrize(
    ("call", "what"),
    [
        ({"seats": 1_000}, SessionFull),
        ({"document": NewDocument("virus.exe", b"MZ\x90")}, Invalid),
        ({"document": NewDocument("vide.pdf", b"")}, Invalid),
        ({"document": NewDocument("gros.pdf", PDF + b"0" * DOCUMENT_MAX)}, Invalid),
        ({"document": NewDocument("dessin.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>")}, Invalid),
    ],
)
async def test_what_is_refused_leaves_nothing_half_made(database_test, call: dict, what: type[DomainError]) -> None:
    town = await makers.make_town()
    seats = call.pop("seats", 3)
    with pytest.raises(what):
        await take_call(SYSTEM, NewCall(wanted(town, seats), AskedBy.PHONE, newcomer=SEES, person=ANNA, **call))
    for table in ("booking", "booking_document"):
        assert await db.value(f"select count(*) from {table}") == 0
    assert await db.value("select count(*) from organisation where name = 'Commune de Sées'") == 0


async def test_an_organisation_that_is_there_is_not_made_anew(database_test: None) -> None:
    town = await makers.make_town()
    again = replace(SEES, name="commune d’ESSAI", postcode="61000", city="Alençon")
    with pytest.raises(Conflict, match="existe déjà"):
        await take_call(SYSTEM, NewCall(wanted(town), AskedBy.PHONE, newcomer=again, person=ANNA))


async def test_nobody_is_kept_whom_one_cannot_reach(database_test: None) -> None:
    town = await makers.make_town()
    with pytest.raises(Invalid, match="joindre"):
        await add_contact(SYSTEM, town.organisation, NewContact("Personne", None))


async def test_the_team_books_when_booking_online_is_over(database_test: None) -> None:
    town = await makers.make_town()
    await db.connection().execute("update session set closes_at = starts_at - interval '1 day'")
    closes = await db.value("select closes_at from session where id = $1", town.session)
    with clock.frozen(closes + timedelta(minutes=5)):
        booked = await take_call(SYSTEM, NewCall(wanted(town, option=True), AskedBy.PHONE))
        assert await db.value("select expires_at from booking where id = $1", booked.id) == town.starts_at
    with clock.frozen(town.starts_at), pytest.raises(DomainError, match="commencé"):
        await take_call(SYSTEM, NewCall(wanted(town, 1), AskedBy.PHONE))


async def test_on_a_full_session_one_stands_in_line(database_test: None) -> None:
    town = await makers.make_town()
    await makers.make_booking(town, 60)
    other = await makers.make_organisation("Voisine", siret=None, domain="voisine.example.org")
    call = NewCall(NewBooking(town.session, other, 5), AskedBy.PHONE, waiting=True)
    booked = await take_call(SYSTEM, call)
    assert booked.state == BookingState.WAITING
    assert await db.value("select seats_taken from session where id = $1", town.session) == 60


async def test_a_paper_is_kept_cleaned_bounded_and_taken_off(database_test: None) -> None:
    town = await makers.make_town()
    booked = await makers.make_booking(town, 3)
    Image.new("RGB", (3_000, 1_000), "white").save(into := BytesIO(), "PNG")
    pdf = await attach(SYSTEM, booked.id, NewDocument("Bon 12.pdf", PDF))
    await attach(SYSTEM, booked.id, NewDocument("photo.png", into.getvalue()))
    kinds = await db.connection().fetch("select media_type from file f join booking_document d on d.file = f.id")
    assert {record["media_type"] for record in kinds} == {"application/pdf", "image/jpeg"}
    with pytest.raises(Conflict, match="déjà joint"):
        await attach(SYSTEM, booked.id, NewDocument("Encore.pdf", PDF))
    for n in range(DOCUMENTS_MOST - 2):
        await attach(SYSTEM, booked.id, NewDocument(f"{n}.pdf", PDF + b"%%EOF" + str(n).encode()))
    with pytest.raises(Conflict, match="retirez-en"):
        await attach(SYSTEM, booked.id, NewDocument("Trop.pdf", PDF + b"%%EOF!"))
    file = await db.value("select file from booking_document where id = $1", pdf)
    await take_off(SYSTEM, booked.id, pdf)
    assert await db.value("select content is null from file where id = $1", file)


async def test_what_alencon_had_is_found_with_its_coming_dates_and_their_price(database_test: None) -> None:
    town = await makers.make_town()
    await makers.make_booking(town, 24)
    sees = await makers.make_organisation("Commune de Sées", siret=None, domain="sees.example.org")
    slug = await db.value("select slug from organisation where id = $1", sees)
    later = town.starts_at + timedelta(days=60)
    again = await makers.make_session(town.offer, starts_at=later, venue=town.venue)
    with clock.frozen(town.ends_at + timedelta(days=1)):
        found = await call_page(SYSTEM, CallAsked(structure=slug, what="essai", seats=25))
        assert [(m.session, m.seats, m.name) for m in found.models] == [(town.session, 24, "Commune d’Essai")]
        chosen = await call_page(SYSTEM, CallAsked(structure=slug, model=town.session, seats=25))
        assert [s.id for s in chosen.sessions] == [again]
        assert chosen.sessions[0].cost is not None
        assert chosen.sessions[0].cost.price_cents == 35_000
        month = MONTHS[clock.local(later).month - 1]
        assert [s.id for s in (await call_page(SYSTEM, CallAsked(what=f"vélo alencon {month}"))).sessions] == [again]
        assert (await call_page(SYSTEM, CallAsked(what="poterie"))).sessions == []
        full = await call_page(SYSTEM, CallAsked(structure=slug, session=again, seats=25))
        assert full.cost is not None
        assert full.cost.price_cents == 35_000


MONTHS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
          "décembre")  # fmt: skip


async def test_what_is_private_to_others_is_not_offered(database_test: None) -> None:
    town = await makers.make_town()
    other = await makers.make_organisation("Voisine", siret=None, domain="voisine.example.org")
    slug = await db.value("select slug from organisation where id = $1", other)
    soon = town.starts_at + timedelta(days=3)
    private = await makers.make_session(town.offer, starts_at=soon, organisation=town.organisation)
    theirs = await call_page(SYSTEM, CallAsked(structure=town.slug, what="vélo"))
    others = await call_page(SYSTEM, CallAsked(structure=slug, what="vélo"))
    assert private in {s.id for s in theirs.sessions}
    assert private not in {s.id for s in others.sessions}
