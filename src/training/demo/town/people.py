"""Those who make the sessions happen: the platform's team and the facilitators. All invented, as their names show."""

from __future__ import annotations

from training.demo.town.partners import PARTNERS
from training.demo.town.shapes import Facilitator, Person, StaffMember

STAFF: tuple[StaffMember, ...] = (
    StaffMember(
        Person(
            "claire-boussole",
            "Claire",
            "Boussole",
            "Conseillère en mobilité, responsable de la plateforme",
            "claire.boussole@example.org",
            "02 61 91 00 02",
        ),
        "administrator",
    ),
    StaffMember(
        Person(
            "mehdi-sentier",
            "Mehdi",
            "Sentier",
            "Conseiller en mobilité, secteur rural",
            "mehdi.sentier@example.org",
            "02 61 91 00 03",
        ),
        "adviser",
    ),
    StaffMember(
        Person(
            "lucie-traverse",
            "Lucie",
            "Traverse",
            "Animatrice du centre social",
            "lucie.traverse@example.org",
            "02 61 91 00 04",
        ),
        "adviser",
    ),
    StaffMember(
        Person(
            "gilles-registre",
            "Gilles",
            "Registre",
            "Comptable du centre social",
            "gilles.registre@example.org",
            "02 61 91 00 05",
        ),
        "bookkeeper",
    ),
)

_TEAM = {member.person.slug: member.person for member in STAFF}
_CONTACTS = {partner.contact.slug: partner.contact for partner in PARTNERS}  # some of them also run sessions

FACILITATORS: tuple[Facilitator, ...] = (
    Facilitator(
        _TEAM["claire-boussole"],
        None,
        ("bien-acheter-voiture-occasion", "diagnostic-mobilite", "budget-mobilite", "preparer-dossier-permis"),
        "Reçoit, écoute et compare les solutions depuis l’ouverture de la plateforme.",
    ),
    Facilitator(
        _TEAM["mehdi-sentier"],
        None,
        ("prendre-le-bus", "diagnostic-mobilite", "covoiturer-au-quotidien", "bien-acheter-voiture-occasion"),
        "Tient des permanences dans les villages, avec un ordinateur et beaucoup de cartes.",
    ),
    Facilitator(
        _TEAM["lucie-traverse"],
        None,
        ("prendre-le-bus", "covoiturer-au-quotidien", "budget-mobilite", "preparer-dossier-permis"),
        "Connaît les habitants du quartier par leur prénom et les lignes de bus par cœur.",
    ),
    Facilitator(
        Person(
            "henri-lanterne",
            "Henri",
            "Lanterne",
            "Intervenant en sécurité routière, bénévole",
            "henri.lanterne@example.org",
            "06 39 98 00 10",
        ),
        "prevention-routiere-orne",
        (
            "sensibilisation-velo-electrique",
            "seniors-au-volant",
            "sobriete-au-volant",
            "moto-en-securite",
            "risque-routier-professionnel",
        ),
        "Ancien motard de la gendarmerie ; préfère les questions aux leçons.",
    ),
    Facilitator(
        Person(
            "solene-verger",
            "Solène",
            "Verger",
            "Chargée de mission éducation routière",
            "solene.verger@example.org",
            "06 39 98 00 11",
        ),
        "prevention-routiere-orne",
        (
            "sensibilisation-velo-electrique",
            "pietons-chemin-ecole",
            "trottinette-en-ville",
            "sieges-auto-enfants",
            "risque-routier-professionnel",
        ),
        "Emporte partout sa piste démontable et ses vingt gilets.",
    ),
    Facilitator(
        Person(
            "andre-colombage",
            "André",
            "Colombage",
            "Intervenant en sécurité routière, bénévole",
            "andre.colombage@example.org",
            "06 39 98 00 12",
        ),
        "prevention-routiere-orne",
        ("seniors-au-volant", "sobriete-au-volant", "sieges-auto-enfants", "pietons-chemin-ecole"),
        "Inspecteur du permis à la retraite. N’utilise pas d’ordinateur : on l’appelle.",
        has_account=False,
    ),
    Facilitator(
        Person(
            "ines-clairiere",
            "Inès",
            "Clairière",
            "Intervenante en sécurité routière, bénévole",
            "ines.clairiere@example.org",
            "06 39 98 00 13",
        ),
        "prevention-routiere-orne",
        ("trottinette-en-ville", "moto-en-securite", "sobriete-au-volant", "sensibilisation-velo-electrique"),
        "Infirmière aux urgences et cycliste de tous les jours.",
    ),
    Facilitator(
        _CONTACTS["bruno-fourche"],
        "auto-ecole-declic",
        ("reviser-code-de-la-route", "eco-conduite"),
        "Vingt ans de conduite accompagnée, jamais un mot plus haut que l’autre.",
    ),
    Facilitator(
        Person(
            "awa-cadran",
            "Awa",
            "Cadran",
            "Enseignante de la conduite et de la sécurité routière",
            "awa.cadran@example.org",
            "06 39 98 00 14",
        ),
        "auto-ecole-declic",
        ("reviser-code-de-la-route", "eco-conduite"),
        "Spécialiste des candidats qui ont déjà échoué au code.",
    ),
    Facilitator(
        _CONTACTS["yann-pedalier"],
        "deux-roues-alencon",
        ("reparer-son-velo", "sensibilisation-velo-electrique"),
        "Amène les vélos, les règle à la taille de chacun et repart avec.",
    ),
    Facilitator(
        Person(
            "maud-rayon",
            "Maud",
            "Rayon",
            "Mécanicienne cycles",
            "maud.rayon@example.org",
            "06 39 98 00 15",
        ),
        "deux-roues-alencon",
        ("reparer-son-velo", "sensibilisation-velo-electrique"),
        "Répare à deux mains, explique avec les vôtres.",
    ),
    Facilitator(
        _CONTACTS["nadege-veilleur"],
        "secouristes-bocage",
        ("premiers-secours-route",),
        "Sapeuse-pompière volontaire à Flers.",
    ),
    Facilitator(
        Person(
            "tristan-bocage",
            "Tristan",
            "Bocage",
            "Moniteur de secourisme, bénévole",
            "tristan.bocage@example.org",
            "06 39 98 00 16",
        ),
        "secouristes-bocage",
        ("premiers-secours-route",),
        "Professeur d’éducation physique la semaine, secouriste le samedi.",
        has_account=False,
    ),
)

STORY_FACILITATOR = "solene-verger"  # runs the electric-bike session of the story; has an account and a feed
