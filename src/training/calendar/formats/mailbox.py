"""A name and a mail address that every calendar and mail program can read; sends nothing and looks nothing up."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import quote

from training.kernel.i18n import _

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")  # RFC 5322 3.2.3 dot-atom
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")  # RFC 1123 2.1
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_LONGEST_LOCAL, _LONGEST_ADDRESS = 64, 254  # RFC 5321 4.5.3.1, less the angle brackets of a path


class UnusableAddress(ValueError):
    """Nothing can be sent to this address; the words are for the person who typed it."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """`address` is kept with its domain in A-labels (RFC 5890), so it travels where SMTPUTF8 does not.

    Raises `UnusableAddress`. A name loses its line breaks and control characters: it ends up in headers.
    """

    name: str
    address: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", _INVISIBLE.sub(" ", self.name).strip())
        object.__setattr__(self, "address", ascii_address(self.address))

    @property
    def local(self) -> str:
        """What stands before the @."""
        return self.address.rpartition("@")[0]

    @property
    def domain(self) -> str:
        """What stands after the @, in A-labels."""
        return self.address.rpartition("@")[2]

    @property
    def mailto(self) -> str:
        """The address as a bare URI (RFC 6047 wants nothing around it; RFC 6068 2 says what is escaped)."""
        return "mailto:" + quote(self.local, safe="!$'*+-._~") + "@" + self.domain

    def same_as(self, other: Mailbox) -> bool:
        """Whether both are one box. Case matters to no mail server we may meet."""
        return self.address.casefold() == other.address.casefold()


def ascii_address(address: str) -> str:
    """`marie@évreux.example` as `marie@xn--vreux-9ra.example`. Raises `UnusableAddress`."""
    local, at, domain = address.strip().rpartition("@")
    refusal = UnusableAddress(_("Cette adresse de courriel n’est pas utilisable."))
    if not at or len(local) > _LONGEST_LOCAL or not _LOCAL.fullmatch(local):
        raise refusal
    if not domain.isascii():
        domain = _a_labels(domain)
    labels = domain.split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels) or labels[-1].isdigit():
        raise refusal
    if len(local) + 1 + len(domain) > _LONGEST_ADDRESS:
        raise refusal
    return f"{local}@{domain.lower()}"


def _a_labels(domain: str) -> str:
    """The standard library knows IDNA 2003 only, which sends « straße » to another domain: those few are refused."""
    wanted = unicodedata.normalize("NFC", domain).lower()
    try:
        encoded = wanted.encode("idna").decode("ascii")
        read_back = encoded.encode("ascii").decode("idna")
    except UnicodeError:
        encoded = read_back = ""
    if read_back != wanted:
        raise UnusableAddress(_("Le nom de domaine de cette adresse n’est pas utilisable."))
    return encoded
