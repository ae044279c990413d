"""What a person typed: kept as typed, read field by field, each mistake with its sentence. Decides nothing."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

import anyio.to_thread
from litestar import Request
from litestar.datastructures import UploadFile

from training.directory.rules.numbers import check_email
from training.identity.rules import new_token
from training.kernel.characters import hidden, hidden_said, unprinted, unprinted_said, without_hidden
from training.kernel.errors import DomainError, Invalid, NotFound, TooMany
from training.kernel.i18n import _
from training.kernel.money import decimal, parse_euros
from training.papers.rules.references import LONGEST, References
from training.records.actions.acting import EditedMeanwhile
from training.records.actions.sent_forms import FormReused, FormSent, FormTwice
from training.web.posted import LARGE, GivenFile

E = TypeVar("E", bound=StrEnum)
KEY, AGAIN = "cle", "encore"  # the hidden fields of `ui.once`
SEEN = "vu"  # that of `ui.seen`


@dataclass(slots=True)
class Form:
    """`values`: as typed. `errors`: field → sentence; "" is the whole form. `refused`: the status of a refusal.

    `retry_after`: the seconds until what was too often may be tried again.
    """

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    refused: int = 422
    files: dict[str, UploadFile] = field(default_factory=dict)
    retry_after: int | None = None
    path: str = ""  # where it was sent
    meanwhile: EditedMeanwhile | None = None  # what others edited of it: `web.office.meanwhile` says it

    @classmethod
    async def of(cls, request: Request[Any, Any, Any]) -> Form:
        """The posted form."""
        form = cls(path=request.url.path)
        typed = []
        for name, value in (await request.form()).multi_items():
            if isinstance(value, GivenFile) and value.too_large:
                said = _("Ce fichier pèse {weight} : il en faut {most} au plus. Ce que vous avez écrit est gardé.")
                form.errors[name] = said.format(weight=_weight(value.size), most=_weight(value.most))
            elif isinstance(value, UploadFile):
                form.files[name] = value
            elif name != "_csrf_token":
                typed.append((name, str(value)))
        if sum(len(value) for _name, value in typed) > LARGE:
            await anyio.to_thread.run_sync(form._put_all, typed)
        else:
            form._put_all(typed)
        return form

    def _put_all(self, typed: list[tuple[str, str]]) -> None:
        for name, value in typed:
            self.put(name, value)

    def put(self, name: str, typed: str) -> None:
        """Keep what was typed in a field; what nobody sees in it is refused, and gone when the form comes back."""
        plain = typed.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
        if character := hidden(plain):
            self.errors.setdefault(name, hidden_said(character))
            plain = without_hidden(plain)
        self.values[name] = plain

    @classmethod
    def filled(cls, values: Mapping[str, object], *, seen: int | None = None) -> Form:
        """A form to show with these answers. `seen`: the last edit that they hold (`records.queries.last_change`)."""
        known = values if seen is None else {**values, SEEN: seen}
        return cls({name: "" if value is None else str(value) for name, value in known.items()})

    @property
    def seen(self) -> int | None:
        """The last edit that whoever typed had before their eyes; None where the page says none (`ui.seen`)."""
        typed = self.values.get(SEEN, "")
        return int(typed) if re.fullmatch(r"[0-9]{1,9}", typed) else None

    @property
    def key(self) -> str:
        """Its own key, which makes sending it twice one act: that of the page that showed it, or a new one."""
        return self.values.setdefault(KEY, new_token())

    @property
    def sent(self) -> FormSent | None:
        """What was sent, for `records.actions.once`; None where it has no key."""
        if not (key := self.values.get(KEY, "")[:60]):
            return None
        said = {name: value for name, value in self.values.items() if name not in (KEY, AGAIN, SEEN)}
        body = json.dumps([self.path, sorted(said.items())]).encode()
        return FormSent(key, hashlib.sha256(body).digest(), again=bool(self.values.get(AGAIN)))

    @property
    def good(self) -> bool:
        """Nothing was refused so far."""
        return not self.errors

    @property
    def status(self) -> int:
        """What a page that shows this form answers."""
        return self.refused if self.errors else 200

    def text(self, name: str, *, required: bool = False, most: int = 200) -> str:
        """A line of text, trimmed. Names and titles are printed on papers: it holds what those can draw."""
        value = " ".join(self.values.get(name, "").split("\n")).strip()
        return self._printed(name, self._sized(name, value, required, most), most)

    def lines(self, name: str, *, required: bool = False, most: int = 200, printed: bool = False) -> str:
        """A text of several lines, trimmed. `printed`: a paper carries it, and can draw what it holds."""
        value = self._sized(name, self.values.get(name, "").strip(), required, most)
        return self._printed(name, value, most) if printed else value

    def _printed(self, name: str, value: str, most: int) -> str:
        if character := unprinted(value[:most]):
            self.errors.setdefault(name, unprinted_said(character))
        return value

    def _sized(self, name: str, value: str, required: bool, most: int) -> str:
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
        if not re.fullmatch(r"[-+]?[0-9]+", value):
            self.errors.setdefault(name, _("« {value} » n’est pas un nombre entier.").format(value=value[:40]))
            return None
        digits = value.lstrip("+-0")[:12]  # longer ones are beyond any limit, and Python reads no endless number
        number = int(f"{'-' if value[0] == '-' else ''}{digits or 0}")
        if number < least:
            self.errors.setdefault(name, _("Indiquez {least} ou plus.").format(least=least))
            return None
        if number > most:
            self.errors.setdefault(name, _("Indiquez {most} ou moins.").format(most=most))
            return None
        return number

    def email(self, name: str, *, required: bool = True) -> str:
        """A mail address."""
        return self.checked(name, check_email, required=required) or self.text(name)

    def checked(self, name: str, check: Callable[[str], str], *, required: bool = False) -> str | None:
        """What a rule makes of a line of text; None when it is absent or refused. `check` raises ValueError."""
        value = self.text(name, required=required)
        if not value or name in self.errors:
            return None
        try:
            return check(value)
        except ValueError as error:
            self.errors.setdefault(name, str(error))
            return None

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

    def euros(self, name: str, *, required: bool = False) -> int | None:
        """An amount as people type it, in cents; None when it is absent or refused."""
        value = self.values.get(name, "").strip()
        if not value and not required:
            return None
        try:
            return parse_euros(value)
        except ValueError:
            self.errors.setdefault(name, _("Indiquez un montant, par exemple 45,00."))
            return None

    def references(self, row: int | None = None) -> References:
        """The buyer's own numbers; what the form does not ask is not given. `row`: of several, by its number."""
        suffix = "" if row is None else f"-{row}"
        return References(**{name: self.text(name + suffix, most=most) for name, most in LONGEST.items()})

    @contextlib.contextmanager
    def refusals(self) -> Iterator[None]:
        """Around an action: what it refuses is said in the form, to be shown again. NotFound is a page of its own."""
        try:
            yield
        except NotFound:
            raise
        except DomainError as refusal:
            self.refuse(refusal)

    def refuse(self, refusal: DomainError, *, field: str = "") -> None:
        """Put a domain's refusal next to what caused it, or to `field`.

        What was sent twice may be sent once more, on purpose; and so may what others edited meanwhile.
        """
        self.refused = refusal.status
        if isinstance(refusal, TooMany):
            self.retry_after = refusal.retry_after
        if isinstance(refusal, FormReused | FormTwice):
            self.values |= {KEY: new_token(), AGAIN: "1"}
        if isinstance(refusal, EditedMeanwhile):
            self.values[SEEN], self.meanwhile = str(refusal.seen), refusal
        if isinstance(refusal, Invalid):
            for name, sentence in refusal.errors.items():
                self.errors.setdefault(name, sentence)
        else:
            self.errors.setdefault(refusal.field or field, refusal.detail)


def _weight(size: int) -> str:
    """Bytes as people say them, rounded up."""
    if size < 1_000_000:
        return _("{n} ko").format(n=-(-size // 1_000))
    return _("{n} Mo").format(n=-(-size // 1_000_000))


def in_field(cents: int) -> str:
    """An amount as a field takes it, in either language."""
    return decimal(cents).replace(".", ",")
