"""Every component on one page, to be looked at: by day, by night, and in another platform's ink (`?couleur=6b2148`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from litestar import Router, get
from litestar.response import Template

from training.catalogue.rules.looks import Look
from training.kernel import clock
from training.kernel.motifs.art import MOTIFS
from training.kernel.palette import PAPERS
from training.web.auth import PUBLIC
from training.web.forms import Form
from training.web.pages import Asked, page
from training.web.parameters import asked

SHOWN = (
    ("Falaise", "Faire ses démarches en ligne", "ecran"),
    ("Potigny", "Cuisiner à petit budget", "casserole"),
    ("Pont-d’Ouilly", "Planter une haie champêtre", "arbre"),
    ("Morteaux-Coulibœuf", "Parler français au travail", "bulles"),
)


@dataclass(frozen=True, slots=True)
class Sample:
    """An invented session."""

    place: str
    title: str
    look: Look
    start: datetime
    end: datetime


def _samples(looks: dict[str, Look]) -> list[Sample]:
    first = clock.today() + timedelta(days=3)
    days = (first + timedelta(days=9 * i) for i in range(len(SHOWN)))
    return [
        Sample(place, title, looks[motif], clock.at(day, time(9)), clock.at(day, time(12)))
        for (place, title, motif), day in zip(SHOWN, days, strict=True)
    ]


@get("/kit", permission=PUBLIC)
async def kit(request: Asked) -> Template:
    """Samples of all components: nothing here is read from the database but the platform."""
    papers = tuple(PAPERS)
    looks = {motif: Look(motif, motif, papers[i % len(papers)], motif) for i, motif in enumerate(MOTIFS)}
    form = Form({"seats": "40"}, {"seats": "Il reste 12 places : demandez-en 12 ou moins."})
    samples = _samples(looks)
    return await page(
        request,
        "portal/kit.html",
        form=form,
        looks=looks.values(),
        papers=papers,
        samples=samples,
        ink=asked(request, "couleur"),
    )


ROUTER = Router("/", route_handlers=[kit])
