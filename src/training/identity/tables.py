"""Users, memberships, sign-in requests and sessions, API keys. Every secret is kept hashed."""

from __future__ import annotations

from piccolo.columns import BigInt, Boolean, Bytea, Integer, Serial, Varchar
from piccolo.constraints import Check
from piccolo.table import Table

from training.directory.tables import Contact, Facilitator, Organisation, Partner
from training.kernel.columns import belongs_to, instant, short_text


class User(Table, tablename="account"):
    """A person who signs in, by mail: there is no password. (`user` is a reserved word of SQL.)"""

    id: Serial
    email = short_text()
    name = short_text()
    locale = short_text(5)
    active = Boolean(default=True)
    created_at = instant()


class Membership(Table, tablename="membership"):
    """A user's role somewhere: an organisation, a partner, as a facilitator, or (none of them) the platform's team.

    It is held as long as its row is here, and comes from `origin`: triggers on contacts, facilitators and partners end
    what came from one that leaves, with its sessions, calendar addresses and mailed links (`end_membership` in SQL).
    """

    id: Serial
    account = belongs_to(User)
    organisation = belongs_to(Organisation, null=True)
    partner = belongs_to(Partner, null=True)
    facilitator = belongs_to(Facilitator, null=True)
    role = short_text(30)
    created_at = instant()
    origin = Varchar(length=20, default="unmatched")
    contact = belongs_to(Contact, null=True)

    membership_is_of_one_place = Check("num_nonnulls(organisation, partner, facilitator) <= 1")
    membership_origin_is_there = Check("(origin = 'contact') = (contact is not null)")
    membership_origin_is_in_its_place = Check(
        "(origin <> 'contact' or organisation is not null) and (origin <> 'facilitator' or facilitator is not null)"
    )


class FormerMembership(Table, tablename="former_membership"):
    """A role that ended: who had which one from when to when, why it ended, and who ended it. Written by triggers."""

    id: Serial
    account = belongs_to(User)
    organisation = belongs_to(Organisation, null=True)
    partner = belongs_to(Partner, null=True)
    facilitator = belongs_to(Facilitator, null=True)
    contact = belongs_to(Contact, null=True)
    role = short_text(30)
    origin = short_text(20)
    since = instant()
    ended_at = instant()
    why = short_text(20)
    actor_kind = short_text(10)
    actor_id = BigInt(default=None, null=True)


class SigninRequest(Table, tablename="signin_request"):
    """Somebody asked to come in. The link and the code are made when the mail leaves, and kept hashed."""

    id: Serial
    email = short_text()
    network = short_text(60)
    browser_hash = Bytea(default=None, null=True, index=True)  # the code works only in the browser that asked for it
    token_hash = Bytea(default=None, null=True, unique=True)
    code_hash = Bytea(default=None, null=True)
    code_attempts = Integer(default=0)
    next_path = short_text(500)
    requested_at = instant(index=True)
    expires_at = instant()
    used_at = instant(null=True)


class SigninSession(Table, tablename="signin_session"):
    """A browser that is signed in, until the sliding or the absolute expiry, or until revoked."""

    id: Serial
    token_hash = Bytea(default=None, unique=True)
    account = belongs_to(User)
    program = short_text(null=True)
    created_at = instant()
    expires_at = instant()
    ends_at = instant()
    revoked_at = instant(null=True)


class ApiKey(Table, tablename="api_key"):
    """A program's key: of one organisation, or (none) of the platform's team. `account`: who made it, and saw it."""

    id: Serial
    token_hash = Bytea(default=None, unique=True)
    hint = short_text(12)
    label = short_text(80)
    organisation = belongs_to(Organisation, null=True)
    created_at = instant()
    revoked_at = instant(null=True)
    account = belongs_to(User, null=True)
