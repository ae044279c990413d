"""What the public register of companies says of one establishment. No I/O."""

from __future__ import annotations

from dataclasses import dataclass

# INSEE, catégories juridiques (niveau III): those whose name a small platform would write under its own.
_LEGAL_FORMS = {
    "9210": "association non déclarée",
    "9220": "association loi 1901",
    "9221": "association d’insertion par l’économique",
    "9222": "association intermédiaire",
    "9223": "groupement d’employeurs",
    "9230": "association reconnue d’utilité publique",
    "9260": "association de droit local",
    "9300": "fondation",
    "7210": "commune",
    "7343": "communauté urbaine",
    "7344": "métropole",
    "7346": "communauté de communes",
    "7348": "communauté d’agglomération",
    "7361": "centre communal d’action sociale",
    "5710": "SAS",
    "5720": "SASU",
    "5499": "SARL",
    "5498": "EURL",
    "1000": "entreprise individuelle",
}


@dataclass(frozen=True, slots=True)
class Company:
    """An establishment as the register names it. `address` is the street; `open` False: it has closed."""

    siret: str
    name: str
    address: str
    postcode: str
    city: str
    legal_form: str
    rna: str | None
    open: bool


def legal_form(category: str) -> str:
    """The legal form in words; empty for one that is rarely written under a name."""
    return _LEGAL_FORMS.get(category, "")


def street_of(address: str, postcode: str, city: str) -> str:
    """The register's one line without its end: « 12 RUE DU PONT 61000 ALENCON » is « 12 RUE DU PONT »."""
    line = " ".join(address.split())
    for end in (f"{postcode} {city}", postcode):
        if end.strip() and end in line:
            return line[: line.rindex(end)].strip(" ,")
    return line
