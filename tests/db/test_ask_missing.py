"""What a draft lacks is looked at, and asked of the client who alone knows it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

import makers
from draft_makers import (
    asked,
    drafts,
    hold,
    issued,
    one_draft,
    set_payer,
)
from training.billing.actions import make_billable as billable
from training.billing.actions.ask_missing import ask_missing, complete_facts
from training.billing.actions.edit_draft import (
    DraftFacts,
    edit_draft,
)
from training.billing.actions.issue import issue
from training.billing.queries import invoices as queries
from training.kernel import clock, db, links, settings
from training.kernel.actor import SYSTEM
from training.kernel.errors import Conflict
from training.messages import queries as mails
from training.papers.rules.references import References
from training.worker import drain

pytestmark = pytest.mark.anyio


async def test_the_chosen_service_s_own_need_is_looked_at(database_test):
    draft = await one_draft(service_code="DRH")
    assert await queries.blockers(draft.id) == []
    payer = draft.payer
    await db.execute(
        "insert into chorus_service (organisation, code, label, engagement_required) values ($1, 'DRH', 'RH', true)",
        payer,
    )
    (said,) = await queries.blockers(draft.id)
    assert "engagement" in said
    with pytest.raises(Conflict, match="engagement"):
        await issue(SYSTEM, draft.id)
    await edit_draft(
        SYSTEM, draft.id, DraftFacts(references=References(service_code="SPORTS", purchase_order="2027-1"))
    )
    (said,) = await queries.blockers(draft.id)
    assert "SPORTS" in said
    await edit_draft(SYSTEM, draft.id, DraftFacts(references=References(service_code="DRH", purchase_order="2027-1")))
    assert await issue(SYSTEM, draft.id)


async def test_what_is_missing_is_asked_of_the_client_who_completes_it_and_it_is_issued(database_test):
    town = await makers.make_town()
    await set_payer(chorus_needs="both")
    await makers.make_booking(town, 10)
    with clock.frozen(town.ends_at + timedelta(days=1)):
        await hold(town.session)
        (draft,) = await drafts()
        (mail,) = await asked()
        assert mail.to_email == "compta@mairie.example.org"
        kept = await mails.mail(mail.id)
        token = re.search(r"/lien/([\w-]+)", kept.text)[1]
        link = links.read(token, settings.current().secret_key)
        assert (link.purpose, link.subject, link.generation) == ("billing_facts", draft.id, 0)
        assert "code service" in kept.text
        assert "engagement" in kept.text
        with pytest.raises(Conflict, match="déjà demandé"):
            await ask_missing(SYSTEM, draft.id)
        assert not await complete_facts(SYSTEM, draft.id, References(service_code="DRH"))
        await drain()
        assert await issued() == []
        assert await complete_facts(SYSTEM, draft.id, References(purchase_order="2027-9"))
        await drain()
        (invoice,) = await issued()
        assert invoice.references == References(service_code="DRH", purchase_order="2027-9")


async def test_nobody_is_asked_twice_in_a_week_but_by_a_person(database_test):
    town = await makers.make_town()
    await set_payer(chorus_needs="engagement")
    await makers.make_booking(town, 10)
    held = town.ends_at + timedelta(days=1)
    await hold(town.session, on=held)
    (draft,) = await drafts()
    for days, mails_then in ((0, 1), (6, 1), (7, 2)):
        with clock.frozen(held + timedelta(days=days)):
            await billable.issue_if_told(SYSTEM, draft.id)
            await drain()
            assert len(await asked()) == mails_then
    with clock.frozen(held + timedelta(days=8)):
        await ask_missing(SYSTEM, draft.id)
        await drain()
    assert len(await asked()) == 3


async def test_with_a_look_nobody_is_asked_by_itself(database_test):
    await one_draft(chorus_needs="engagement")
    assert await asked() == []


async def test_what_no_client_can_say_is_not_asked(database_test):
    draft = await one_draft()
    with pytest.raises(Conflict, match="ne manque rien"):
        await ask_missing(SYSTEM, draft.id)
    await set_payer(chorus_needs="engagement")
    await db.execute("update contact set active = false")
    with pytest.raises(Conflict, match="contact"):
        await ask_missing(SYSTEM, draft.id)


async def test_a_question_that_was_answered_meanwhile_is_not_put(database_test):
    draft = await one_draft(chorus_needs="engagement")
    await ask_missing(SYSTEM, draft.id)
    await edit_draft(SYSTEM, draft.id, DraftFacts(references=References(purchase_order="2027-9")))
    await drain()
    assert await asked() == []
