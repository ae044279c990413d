"""What can be refused, in words for the person who asked. Knows nothing of HTML or HTTP beyond a status.

A package names its own errors near what raises them (`scheduling.rules.SessionFull`); all descend from these.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec

P = ParamSpec("P")


class DomainError(Exception):
    """A refusal. `detail` is a whole sentence in the reader's language; `slug` is the end of the problem's type URI.

    `field` names the input that caused it, when one did; `extra` travels in the API's answer (RFC 9457 3.2).
    """

    status = 400
    slug = "refused"

    def __init__(self, detail: str, *, field: str | None = None, **extra: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field
        self.extra = extra


class NotFound(DomainError):
    """There is no such thing, or it is somebody else's: nobody learns which."""

    status = 404
    slug = "not-found"


class Forbidden(DomainError):
    """The person is known and may not do this."""

    status = 403
    slug = "forbidden"


class Conflict(DomainError):
    """The state of things does not allow it (any more)."""

    status = 409
    slug = "conflict"


class Invalid(DomainError):
    """What was given cannot be understood or accepted. `errors`: field → sentence; all of them, not the first."""

    status = 422
    slug = "invalid"

    def __init__(self, errors: dict[str, str] | str, *, field: str = "", **extra: object) -> None:
        self.errors = errors if isinstance(errors, dict) else {field: errors}
        super().__init__(" ".join(self.errors.values()), field=next(iter(self.errors), None), **extra)


class TooMany(DomainError):
    """Too often: `retry_after` seconds from now it may work again (RFC 6585 4)."""

    status = 429
    slug = "too-many-requests"

    def __init__(self, detail: str, *, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


def refusal(rule: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> DomainError | None:
    """What a rule refuses by raising, for a page that says it before anybody presses; None where it lets it through."""
    try:
        rule(*args, **kwargs)
    except DomainError as refused:
        return refused
    return None


def allows(rule: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> bool:
    """Whether a rule lets it through: what a page asks in order to show the button."""
    return refusal(rule, *args, **kwargs) is None
