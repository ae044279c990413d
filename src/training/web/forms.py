"""What a person typed: kept as typed, read field by field, each mistake with its sentence. Decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from litestar import Request
from litestar.datastructures import UploadFile

from training.directory.rules import check_email
from training.kernel.errors import DomainError, Invalid
from training.kernel.i18n import _

E = TypeVar("E", bound=StrEnum)
TEXT_MAX = 2_000


@dataclass(slots=True)
class Form:
    """`values`: as typed. `errors`: field → sentence; "" is the whole form."""

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    async def of(cls, request: Request[Any, Any, Any]) -> Form:
        """The posted form."""
        data = await request.form()
        kept = {
            name: str(value)
            for name, value in data.multi_items()
            if name != "_csrf_token" and not isinstance(value, UploadFile)
        }
        return cls(kept)

    @classmethod
    def filled(cls, values: Mapping[str, object]) -> Form:
        """A form to show with these answers."""
        return cls({name: "" if value is None else str(value) for name, value in values.items()})

    @property
    def good(self) -> bool:
        """Nothing was refused so far."""
        return not self.errors

    def text(self, name: str, *, required: bool = False, most: int = 200) -> str:
        """A line of text, trimmed."""
        value = self.values.get(name, "").strip()
        if required and not value:
            self.errors.setdefault(name, _("À remplir."))
        elif len(value) > most:
            self.errors.setdefault(
                name, _("{most} caractères au plus ; il y en a {n}.").format(most=most, n=len(value))
            )
        return value

    def number(self, name: str, *, required: bool = True, least: int = 0, most: int = 1_000_000) -> int | None:
        """A whole number; None when it is absent or refused."""
        value = self.values.get(name, "").strip().replace("\u202f", "").replace("\u00a0", "").replace(" ", "")
        if not value:
            if required:
                self.errors.setdefault(name, _("Indiquez un nombre."))
            return None
        if not value.lstrip("-+").isascii() or not value.lstrip("-+").isdigit():
            self.errors.setdefault(name, _("« {value} » n’est pas un nombre entier.").format(value=value[:40]))
            return None
        number = int(value[:12])
        if number < least:
            self.errors.setdefault(name, _("Indiquez {least} ou plus.").format(least=least))
            return None
        if number > most:
            self.errors.setdefault(name, _("Indiquez {most} ou moins.").format(most=most))
            return None
        return number

    def email(self, name: str, *, required: bool = True) -> str:
        """A mail address."""
        value = self.text(name, required=required)
        if value:
            try:
                return check_email(value)
            except ValueError as error:
                self.errors.setdefault(name, str(error))
        return value

    def choice(self, name: str, among: type[E]) -> E | None:
        """One of an enumeration's values."""
        try:
            return among(self.values.get(name, ""))
        except ValueError:
            self.errors.setdefault(name, _("Choisissez une réponse."))
            return None

    def day(self, name: str) -> date | None:
        """A day, as date inputs send it."""
        try:
            return date.fromisoformat(self.values.get(name, "").strip())
        except ValueError:
            self.errors.setdefault(name, _("Indiquez une date, par exemple 09/03/2027."))
            return None

    def refuse(self, refusal: DomainError) -> None:
        """Put a domain's refusal next to what caused it."""
        if isinstance(refusal, Invalid):
            for name, sentence in refusal.errors.items():
                self.errors.setdefault(name, sentence)
        else:
            self.errors.setdefault(refusal.field or "", refusal.detail)
