"""The picture of an offer: given with what it shows and with whose agreement, and taken away again."""

from __future__ import annotations

from dataclasses import asdict

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.catalogue.actions.looks import remove_picture, set_picture
from training.catalogue.rules.looks import PictureWords
from training.kernel import clock
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.kernel.pictures import PHOTO_MAX
from training.reporting.office.offers import OfferPictured, offer_picture
from training.web.forms import Form
from training.web.office.page import show
from training.web.pages import Asked, go, the_actor
from training.web.posted import GIVEN_MAX

P = Permission
PATH = "/gestion/catalogue/{slug:str}/image"


@get(PATH, permission=P.CATALOGUE_EDIT)
async def picture(request: Asked, slug: FromPath[str]) -> Template:
    """What stands at the head of an offer: its picture, or the drawing of its theme."""
    offer = await offer_picture(slug)
    return await _page(request, offer, Form.filled(asdict(offer.words) if offer.words else {}, seen=offer.seen))


async def _page(request: Asked, offer: OfferPictured, form: Form) -> Template:
    return await show(request, "catalogue/offer_picture", form.status, form=form, offer=offer)


@post(PATH, permission=P.CATALOGUE_EDIT, request_max_body_size=GIVEN_MAX, file_max=PHOTO_MAX)
async def put_picture(request: Asked, slug: FromPath[str]) -> Template | Redirect:
    """Show this picture, or say something else of the one that is shown."""
    form, offer = await Form.of(request), await offer_picture(slug)
    file = form.files.get("picture")
    content = await file.read() if file else b""
    if not content and offer.words is None:
        form.errors.setdefault("picture", _("Choisissez une image."))
    words = PictureWords(
        alt=form.text("alt", required=True),
        agreed_by=form.lines("agreed_by", required=True, most=400),
        agreed_on=form.day("agreed_on") or clock.today(),
        agreement=form.text("agreement", required=True),
    )
    if form.good:
        with form.refusals():
            await set_picture(the_actor(request), offer.id, words, content or None, seen=form.seen)
            return go(offer.path, _("« {title} » : image enregistrée.").format(title=offer.title))
    return await _page(request, offer, form)


@post(PATH + "/retirer", permission=P.CATALOGUE_EDIT)
async def take_picture_away(request: Asked, slug: FromPath[str]) -> Redirect:
    """Go back to the drawing of the theme."""
    offer = await offer_picture(slug)
    await remove_picture(the_actor(request), offer.id)
    return go(offer.path, _("« {title} » : image retirée.").format(title=offer.title))


HANDLERS = [picture, put_picture, take_picture_away]
