"""The mail that lets somebody in, made when it leaves; and the code that is read out when none does."""

from __future__ import annotations

from training.directory import queries as directory
from training.identity import queries
from training.identity.actions import signin
from training.identity.queries import SigninMail
from training.kernel import addresses, clock, db, limits, settings
from training.kernel.actor import SYSTEM, Actor
from training.kernel.errors import Conflict, Forbidden, NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.messages.actions.outgoing import HIDDEN, Letter, Reader, queue
from training.messages.rules import READ_OUT, MailState
from training.messages.tables import Mail
from training.records.actions.acting import acting

ABOUT = "signin_request"


async def send(actor: Actor, signin_request: int) -> None:
    """Answer a sign-in request."""
    actor.must(Permission.PLATFORM_RUN)
    found = await queries.signin_request(signin_request)
    if found is None or found.minted or await directory.platform() is None:
        return  # nobody has said who writes: the page that asked says that nothing leaves
    await queue(
        actor,
        Letter(
            "signin",
            Reader(found.name or found.email, found.email, found.locale),
            (ABOUT, found.id),
            {"path": addresses.signin_link(f"{HIDDEN}lien"), "code": f"{HIDDEN}code", "expires_at": found.expires_at},
            secret="signin",
        ),
    )


async def read_out(actor: Actor, signin_request: int) -> str:
    """The six digits of a request whose mail did not leave, for somebody of the team to say on the telephone.

    They work once, in the browser that asked, as long as the mail's would have; the person is written to, with the name
    of who gave them. NotFound: the request is over. Conflict: its mail left. Forbidden: somebody of the team asked.
    """
    async with acting(actor, "signin.read-out", (ABOUT, signin_request)):
        actor.must(Permission.COLLEAGUES_MANAGE)
        found = await queries.signin_request(signin_request)
        if found is None or found.expires_at <= clock.now():
            raise NotFound(_("Cette demande est close : la personne en fait une autre sur « Se connecter »."))
        if await db.value(_OF_TEAM, found.email):  # whoever lets clients in must not make themselves an administrator
            raise Forbidden(_("Cette adresse est de l’équipe : qui héberge le site lui donne un lien."))
        await limits.take(limits.READ_OUT, actor.kind, actor.id)
        await _hold_back(signin_request)
        minted = await signin.mint(SYSTEM, signin_request, settings.current().secret_key)
        await _tell(actor, found)
    return minted.code


async def _hold_back(signin_request: int) -> None:
    """Its mail, which would bring another code, leaves no more."""
    about = (Mail.subject_kind == ABOUT) & (Mail.subject_id == signin_request) & (Mail.secret == "signin")
    for mail in await Mail.select(Mail.state, Mail.claimed_until).where(about).lock_rows("UPDATE"):
        on_its_way = mail["claimed_until"] is not None and mail["claimed_until"] > clock.now()
        if mail["state"] == MailState.SENT or on_its_way:
            raise Conflict(_("Son courriel est parti : le code y est. Qu’elle regarde dans les indésirables."))
    await Mail.update(
        {Mail.state: MailState.FAILED, Mail.last_answer: READ_OUT, Mail.next_attempt_at: None, Mail.claimed_until: None}
    ).where(about)


async def _tell(actor: Actor, found: SigninMail) -> None:
    """Whose door was opened learns it as soon as mails leave: who did it, and when."""
    if await directory.platform() is not None:
        reader = Reader(found.name or found.email, found.email, found.locale)
        context = {"by": actor.label, "at": clock.now(), "path": addresses.signin()}
        await queue(SYSTEM, Letter("signin_read_out", reader, (ABOUT, found.id), context))


_OF_TEAM = """
    select exists (select from account a join membership m on m.account = a.id
                   where lower(a.email) = lower($1) and num_nonnulls(m.organisation, m.partner, m.facilitator) = 0)
"""
