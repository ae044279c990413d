"""The public register « Recherche d'entreprises », asked for one SIRET. It may be slow, wrong or away: then one types.

Never called with a transaction open. https://recherche-entreprises.api.gouv.fr/docs/
"""

from __future__ import annotations

import json
from typing import Any

import anyio
import httpx

from training.directory.rules.companies import Company, legal_form, street_of
from training.kernel.i18n import _

PATIENCE = 4.0  # seconds in all: somebody waits in front of a form that they can fill by themselves
_LONGEST = 1_000_000  # octets of an answer that is read: one establishment takes a few thousand


class RegisterAway(Exception):
    """The register did not say; the words are for whoever asked, in their language."""


async def find(base: str | None, siret: str) -> Company | None:
    """The establishment with this SIRET; None when the register knows none. RegisterAway: it did not say."""
    if base is None:
        raise RegisterAway(_("L’annuaire des entreprises n’est pas consulté sur ce site : écrivez vous-même."))
    try:
        with anyio.fail_after(PATIENCE):
            body = await _ask(base, siret)
    except TimeoutError:
        raise RegisterAway(_("L’annuaire des entreprises tarde à répondre : écrivez vous-même.")) from None
    except httpx.HTTPError:
        raise _silent() from None
    try:
        return _read(json.loads(body), siret)
    except (LookupError, TypeError, AttributeError, ValueError, RecursionError):
        words = _("L’annuaire des entreprises a répondu autre chose qu’attendu : écrivez vous-même.")
        raise RegisterAway(words) from None


async def _ask(base: str, siret: str) -> bytes:
    """The answer's body, or what of it is read."""
    async with (
        httpx.AsyncClient(timeout=PATIENCE, follow_redirects=False, trust_env=False) as client,
        client.stream("GET", f"{base}/search", params={"q": siret, "per_page": "1"}) as answer,
    ):
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            words = _("L’annuaire des entreprises est trop demandé : réessayez dans un instant, ou écrivez vous-même.")
            raise RegisterAway(words)
        if answer.status_code != httpx.codes.OK:
            raise _silent()
        body = b""
        async for part in answer.aiter_bytes():
            body += part
            if len(body) > _LONGEST:
                break  # what is cut is no JSON
        return body


def _silent() -> RegisterAway:
    return RegisterAway(_("L’annuaire des entreprises ne répond pas : écrivez vous-même."))


def _read(found: Any, siret: str) -> Company | None:
    """What of the answer is about that establishment: it is asked by words, and may answer others."""
    for unit in found["results"]:
        seat = unit.get("siege") or {}
        for place in [seat, *(unit.get("matching_etablissements") or [])]:
            if place.get("siret") == siret:
                return _company(unit, {"etat_administratif": "A", **place})
    return None


def _company(unit: dict[str, Any], place: dict[str, Any]) -> Company:
    postcode, city = _text(place.get("code_postal"), 10), _text(place.get("libelle_commune"), 100)
    more = unit.get("complements") or {}
    return Company(
        siret=_text(place["siret"], 14),
        name=_text(unit.get("nom_raison_sociale") or unit.get("nom_complet"), 200),
        address=street_of(_text(place.get("adresse"), 300), postcode, city),
        postcode=postcode,
        city=city,
        legal_form=legal_form(_text(unit.get("nature_juridique"), 10)),
        rna=_text(more.get("identifiant_association"), 10) or None,
        open=place["etat_administratif"] == "A",
    )


def _text(value: object, most: int) -> str:
    """A line as it may be kept: another program's words are as long as it likes, and hold what it likes."""
    return " ".join("".join(c if c.isprintable() else " " for c in str(value or "")).split())[:most]
