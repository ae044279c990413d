"""What official files say of a commune, a piece in each: read, and put together by INSEE code."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from training.directory.rules.communes import LONGEST, plain_name
from training.directory.rules.numbers import POSTCODE, check_email

INSEE = re.compile(r"(?:[0-8][0-9]|9[0-8]|2[AB])[0-9]{3}")
_NO_EPCI = "ZZZZZZZZZ"  # how INSEE writes that an island belongs to none
# Towns whose districts have codes of their own, in lists of postcodes among others.
_DISTRICTS = (("75056", 75101, 75120), ("13055", 13201, 13216), ("69123", 69381, 69389))


@dataclass(frozen=True, slots=True)
class CommuneSaid:
    """What one line says of a commune; None or () where it says nothing."""

    insee: str
    name: str | None = None
    postcodes: tuple[str, ...] = ()
    position: tuple[float, float] | None = None  # latitude, longitude
    population: int | None = None
    epci_code: str | None = None
    epci_name: str | None = None
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class EpciSaid:
    """The name of an intercommunality."""

    code: str
    name: str


def checked(said: CommuneSaid) -> CommuneSaid:
    """The same of a commune that there is. ValueError, in words: no code of one."""
    code = said.insee.strip().upper().zfill(5)
    if not INSEE.fullmatch(code):
        raise ValueError(f"« {said.insee[:20]} » n’est pas un code INSEE")
    if code.isdigit():
        code = next((town for town, first, last in _DISTRICTS if first <= int(code) <= last), code)
    epci = (said.epci_code or "").strip()
    return CommuneSaid(
        code,
        _name(said.name),
        tuple(dict.fromkeys(p for given in said.postcodes if POSTCODE.fullmatch(p := given.strip().zfill(5)))),
        said.position if said.position and _on_earth(*said.position) else None,
        said.population if said.population is not None and 0 <= said.population < 20_000_000 else None,
        epci if re.fullmatch(r"[0-9]{9}", epci) else None,
        (said.epci_name or "").strip()[:200] or None if epci != _NO_EPCI else None,
        _phone(said.phone),
        _email(said.email),
    )


def _name(said: str | None) -> str | None:
    name = plain_name(said or "")[:LONGEST]
    return name or None


def _on_earth(latitude: float, longitude: float) -> bool:
    return math.isfinite(latitude) and math.isfinite(longitude) and abs(latitude) <= 90 and abs(longitude) <= 180


def _phone(said: str | None) -> str | None:
    number = " ".join((said or "").split())[:30]
    return number if sum(map(str.isdigit, number)) >= 4 else None


def _email(said: str | None) -> str | None:
    for address in re.split(r"[;,\s]+", said or ""):
        try:
            return check_email(address)
        except ValueError:
            continue
    return None


@dataclass(slots=True)
class Gazetteer:
    """What all files say together: of each fact the first word, of names a written one before one in capitals."""

    communes: dict[str, CommuneSaid] = field(default_factory=dict)
    epcis: dict[str, str] = field(default_factory=dict)

    def hear(self, said: CommuneSaid | EpciSaid) -> None:
        """One line more. ValueError: it is about no commune."""
        if isinstance(said, EpciSaid):
            self.epcis[said.code] = said.name
            return
        new = checked(said)
        known = self.communes.get(new.insee)
        self.communes[new.insee] = new if known is None else _together(known, new)

    def whole(self) -> list[CommuneSaid]:
        """Each commune once, by its code."""
        return [
            CommuneSaid(
                c.insee,
                _written(c.name),
                c.postcodes,
                c.position,
                c.population,
                c.epci_code,
                c.epci_name or self.epcis.get(c.epci_code or ""),
                c.phone,
                c.email,
            )
            for c in sorted(self.communes.values(), key=lambda c: c.insee)
        ]


def _together(known: CommuneSaid, new: CommuneSaid) -> CommuneSaid:
    name = known.name or new.name
    if known.name and new.name and known.name.isupper() and not new.name.isupper():
        name = new.name
    return CommuneSaid(
        known.insee,
        name,
        known.postcodes
        if set(new.postcodes) <= set(known.postcodes)
        else tuple(dict.fromkeys(known.postcodes + new.postcodes)),
        known.position or new.position,
        new.population if known.population is None else known.population,
        known.epci_code or new.epci_code,
        known.epci_name or new.epci_name,
        known.phone or new.phone,
        known.email or new.email,
    )


def _written(name: str | None) -> str | None:
    """A name of which only capitals are known: « ST OUEN DE SECHEROUVRE » is « Saint Ouen de Secherouvre »."""
    if name is None or not name.isupper():
        return name
    small = {"de", "du", "des", "la", "le", "les", "en", "et", "sur", "sous", "aux", "au", "a", "d", "l"}
    whole = {"st": "Saint", "ste": "Sainte"}
    words = [whole.get(w, w if n and w in small else w.capitalize()) for n, w in enumerate(name.lower().split())]
    return " ".join(words)


def of_json(item: Mapping[str, Any]) -> Iterable[CommuneSaid | EpciSaid]:
    """What an object of a JSON file says: of geo.api.gouv.fr, of Etalab, of the directory of public services."""
    if "pivot" in item:
        yield from of_service(item)
    elif "membres" in item:
        for member in item["membres"]:
            yield CommuneSaid(str(member["code"]), epci_code=str(item["code"]), epci_name=str(item["nom"]))
    elif re.fullmatch(r"[0-9]{9}", str(item.get("code", ""))) and "nom" in item:
        yield EpciSaid(str(item["code"]), str(item["nom"])[:200])
    elif item.get("type", "commune-actuelle") in ("commune-actuelle", "COM"):
        yield _of_commune(item)


def _of_commune(item: Mapping[str, Any]) -> CommuneSaid:
    place = item.get("centre") or item.get("mairie") or {}
    epci = item.get("epci") or {}
    return CommuneSaid(
        str(item.get("code", "")),
        item.get("nom"),
        tuple(map(str, item.get("codesPostaux") or ())),
        (float(place["coordinates"][1]), float(place["coordinates"][0])) if place.get("coordinates") else None,
        int(item["population"]) if item.get("population") is not None else None,
        item.get("codeEpci") or epci.get("code"),
        epci.get("nom"),
    )


def of_service(item: Mapping[str, Any]) -> Iterable[CommuneSaid]:
    """A mairie of the directory of public services; its lists are JSON inside the CSV, and lists in the JSON."""
    for pivot in _listed(item.get("pivot")):
        if not isinstance(pivot, Mapping) or pivot.get("type_service_local") != "mairie":
            continue  # also that of a commune that is part of another
        phones = [p.get("valeur") if isinstance(p, Mapping) else p for p in _listed(item.get("telephone"))]
        mails = " ".join(str(mail) for mail in _listed(item.get("adresse_courriel")))
        for code in _listed(pivot.get("code_insee_commune")):
            yield CommuneSaid(str(code), phone=str(phones[0]) if phones else None, email=mails)


def _listed(said: Any) -> list[Any]:
    if isinstance(said, str) and said.lstrip().startswith(("[", "{")):
        said = json.loads(said)
    if isinstance(said, list):
        return said
    return [said] if said else []
