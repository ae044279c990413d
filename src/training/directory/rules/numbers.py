"""What a SIRET, an IBAN, a mail address and their like must be, as they are typed. No I/O."""

from __future__ import annotations

import re

from stdnum import iban
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError
from stdnum.fr import siret, tva

from training.kernel.i18n import _

POSTCODE = re.compile(r"[0-9]{5}")  # French addresses: it is printed, and frozen, on invoices


def check_siret(text: str) -> str:
    """The 14 digits of a SIRET as typed, with or without spaces. ValueError, with a sentence, when it is none.

    The check digit is Luhn's, La Poste's own rule included (stdnum knows both).
    """
    digits = re.sub(r"[\s\u00a0\u202f.]", "", text)
    if not digits.isdigit() or len(digits) != 14:
        raise ValueError(
            _("Un numéro SIRET a 14 chiffres ; celui-ci en a {n}.").format(n=sum(map(str.isdigit, digits)))
        )
    try:
        return str(siret.validate(digits))
    except ValidationError:
        raise ValueError(_("Ce numéro SIRET a une faute de frappe : sa clé ne tombe pas juste.")) from None


_EMAIL = re.compile(r"[^@\s<>\"(),:;\[\]\\]{1,64}@[^@\s<>\"(),:;\[\]\\]{1,190}\.[^@\s<>\"(),:;\[\]\\.]{2,63}")


def check_email(text: str) -> str:
    """A mail address as typed, its domain in lower case. ValueError, with a sentence, when it cannot be one."""
    address = text.strip()
    if len(address) > 200 or not _EMAIL.fullmatch(address) or ".." in f".{address.replace('@', '.')}":  # RFC 5321 4.1.2
        raise ValueError(_("Cette adresse n’est pas complète. Exemple : prenom.nom@mairie.example.org"))
    local, domain = address.rsplit("@", 1)
    return f"{local}@{domain.lower()}"


# Where everybody has a mail address: that two people have one there says nothing.
_SHARED = frozenset(
    {"gmail.com", "googlemail.com", "orange.fr", "wanadoo.fr", "laposte.net", "free.fr", "sfr.fr", "bbox.fr",
     "hotmail.com", "hotmail.fr", "outlook.com", "outlook.fr", "live.fr", "live.com", "yahoo.fr", "yahoo.com",
     "icloud.com", "me.com", "aol.com", "gmx.fr", "gmx.com", "protonmail.com", "proton.me", "neuf.fr", "numericable.fr"}
)  # fmt: skip


def is_shared_domain(domain: str) -> bool:
    """Whether a mail domain is a provider's, and hints at no organisation."""
    return domain.lower() in _SHARED


def check_iban(text: str) -> str:
    """An IBAN as banks write it, without spaces. ValueError, with a sentence, when its check digits are wrong."""
    try:
        return str(iban.validate(text))
    except ValidationError:
        raise ValueError(_("Cet IBAN a une faute de frappe : sa clé ne tombe pas juste.")) from None


def check_bic(text: str) -> str:
    """A BIC: 8 or 11 characters (ISO 9362)."""
    return _code(text, r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?", _("Un BIC a 8 ou 11 caractères, par exemple AGRIFRPP."))


def check_vat_number(text: str) -> str:
    """A French VAT number with its country code."""
    try:
        return "FR" + str(tva.validate(text))
    except ValidationError:
        raise ValueError(_("Ce numéro de TVA n’est pas juste. Exemple : FR40303265045.")) from None


def check_buyer_vat_number(text: str) -> str:
    """The VAT number of a buyer: of any country of the European Union, which its first two letters name."""
    number = re.sub(r"[\s\u00a0\u202f.-]", "", text).upper()
    if number.startswith("FR") or not number[:2].isalpha():
        return check_vat_number(text)
    try:
        return str(eu_vat.validate(number))
    except ValidationError:
        raise ValueError(_("Ce numéro de TVA n’est pas juste. Exemple : BE0428759497.")) from None


def check_rna(text: str) -> str:
    """An association's number in the national register: W and nine characters."""
    wrong = _("Un numéro RNA commence par W et a dix caractères, par exemple W611002345.")
    return _code(text, r"W[0-9A-Z]{9}", wrong)


def check_account(text: str) -> str:
    """An account's number: it begins with three figures of the plan comptable général (FEC, CompteNum)."""
    wrong = _("Un numéro de compte commence par trois chiffres, par exemple 706000.")
    return _code(text, r"[1-9][0-9]{2}[0-9A-Z]{0,17}", wrong)


def check_analytic_code(text: str) -> str:
    """A code of the analytic plan: short, without spaces."""
    return _code(text, r"[0-9A-Z._/-]{1,20}", _("Vingt lettres, chiffres ou tirets au plus, par exemple ATELIER-2."))


def _code(text: str, pattern: str, wrong: str) -> str:
    """A code as it is written: without spaces, in capitals. ValueError, in the words given, when it is none."""
    code = re.sub(r"\s", "", text).upper()
    if not re.fullmatch(pattern, code):
        raise ValueError(wrong)
    return code


def check_website(text: str) -> str:
    """The address of another site: https or http, with a host; typed without either, it is https."""
    if re.fullmatch(r"[\w-]+(\.[\w-]+)+([/?#]\S*)?", text):
        text = f"https://{text}"
    if not re.fullmatch(r"https?://[^\s/?#@]+\.[^\s/?#@]+([/?#]\S*)?", text):
        raise ValueError(_("L’adresse commence par https://"))
    return text
