"""What an administrator sets up: API keys, and the identity that pages, mails and invoices carry."""

from __future__ import annotations

import re

import pytest

import makers
from office_makers import done, refused, staff
from training.directory import queries as directory
from training.identity.queries import api_keys
from training.kernel import clock
from training.kernel.palette import PAPERS

pytestmark = pytest.mark.anyio


async def test_a_key_is_shown_once_and_revoked(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        await staff(client)
        await refused(
            client, "/gestion/cles", {"label": "", "organisation": "999999"}, 422, "À remplir.", "Choisissez à qui"
        )
        answer = await makers.post(
            client, "/gestion/cles", {"label": "Site de la mairie", "organisation": town.organisation}
        )
        key = re.search(r'value="(tk_[^"]+)"', answer.text)[1]
        assert answer.status_code == 201
        assert answer.headers["cache-control"] == "private, no-store"
        later = await client.get("/gestion/cles")
        assert key not in later.text
        assert "Site de la mairie" in later.text
        (kept,) = await api_keys()
        await done(client, f"/gestion/cles/{kept.id}/revoquer")
        (kept,) = await api_keys()
    assert kept.organisation == "Commune d’Essai"
    assert kept.revoked_at is not None


IDENTITY = {
    **{k: v for k, v in makers.PLATFORM.items() if v is not None and not isinstance(v, bool)},
    "name": "Mobijump", "iban": "FR76 3000 6000 0112 3456 7890 189",
}  # fmt: skip


async def test_the_platform_s_identity_is_written_and_checked(client):
    with clock.frozen(makers.NOON):
        await staff(client)
        assert "Réglages" in (await client.get("/gestion/plateforme")).text
        await done(
            client, "/gestion/plateforme", IDENTITY
        )  # the first time, in a database where nobody said who runs it
        await done(client, "/gestion/plateforme", {**IDENTITY, "short_name": "Mobi", "issue_without_look": "1"})
        kept = await directory.platform()
    assert (kept.name, kept.short_name, kept.issue_without_look) == ("Mobijump", "Mobi", True)
    assert kept.iban == "FR7630006000011234567890189"
    assert kept.is_demo is False


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("siret", "00008888000019", "sa clé ne tombe pas juste"),
        ("siret", "123", "14 chiffres"),
        ("iban", "FR7630006000011234567890188", "Cet IBAN a une faute de frappe"),
        ("bic", "AGRI", "Un BIC a 8 ou 11 caractères"),
        ("accent", "#ffee00", "trop claire"),
        ("accent", "vert", "Une couleur s’écrit"),
        ("vat_number", "FR00123456789", "numéro de TVA"),
        ("vat_regime", "normal", "obligatoire"),
        ("vat_regime", "inconnu", "Choisissez une réponse"),
        ("email", "pas une adresse", "n’est pas complète"),
        ("website", "javascript:alert(1)", "commence par https://"),
        ("payment_days", "90", "Indiquez 60 ou moins"),
        ("name", "", "À remplir"),
    ],
)
async def test_an_identity_that_cannot_be_is_refused_in_words(client, field, value, sentence):
    with clock.frozen(makers.NOON):
        await makers.make_platform()
        await staff(client)
        answer = await refused(client, "/gestion/plateforme", {**IDENTITY, field: value}, 422, sentence)
        assert "Mobijump" in answer.text or field == "name"
        assert (await directory.platform()).name == "Plateforme d’essai"


async def test_the_platform_says_what_it_does_and_who_answers(client):
    words = {
        "trade": "Cuisine et français", "territory": "Vallée de l’Essai", "headline": "Apprendre ensemble",
        "lead": "Des ateliers pour tous.", "hours": "le mardi, de 9 h à 12 h",
        "people": "Nadia Levain, cuisinière\r\nPaul Accent, formateur",
    }  # fmt: skip
    with clock.frozen(makers.NOON):
        await makers.make_platform()
        bare = await directory.the_platform()
        assert (bare.tagline, [person.name for person in bare.team]) == ("", ["Camille Essai"])
        assert bare.home_title == "Des ateliers et des formations pour vos groupes"
        await staff(client)
        wrong = {**IDENTITY, **words, "people": "Nadia Levain"}
        answer = await refused(client, "/gestion/plateforme", wrong, 422, "Ligne 1")
        assert 'value="Vallée de l’Essai"' in answer.text
        await done(client, "/gestion/plateforme", {**IDENTITY, **words})
        page = (await client.get("/gestion/plateforme")).text
        assert "Vide, l’accueil dit" in page
        assert all(f'data-paper="{paper}"' in page for paper in PAPERS)  # the ink on each, as it was chosen
    kept = await directory.the_platform()
    assert kept.tagline == "Cuisine et français, Vallée de l’Essai"
    assert (kept.home_title, kept.home_lead, kept.hours) == (words["headline"], words["lead"], words["hours"])
    assert [(person.name, person.role) for person in kept.team] == [
        ("Nadia Levain", "cuisinière"),
        ("Paul Accent", "formateur"),
    ]
