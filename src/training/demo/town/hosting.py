"""What offers of the town say besides: who brings what, for whom it is made easy, what happens step by step."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hosting:
    """Lines of things, words to be found by, and steps: title, minutes, what one does."""

    host_provides: tuple[str, ...] = ()
    equipment: tuple[str, ...] = ()
    accessibility: str = ""
    keywords: str = ""
    steps: tuple[tuple[str, int | None, str], ...] = ()


NOTHING_SAID = Hosting()

_SAY_IT = "Dites-nous vos besoins en réservant : nous adaptons la séance, ou nous vous le disons franchement."

HOSTING: dict[str, Hosting] = {
    "sensibilisation-velo-electrique": Hosting(
        ("Une salle de 40 places", "Un parking plat de 600 m², fermé à la circulation"),
        ("20 vélos à assistance électrique", "Casques et gilets", "Cônes et panneaux du parcours"),
        "Deux tricycles et un vélo à enjambement bas. " + _SAY_IT,
        "VAE, e-bike, vélo électrique, pedelec",
        (
            ("Accueil, réglage des selles et des casques", 20, "Chacun choisit un vélo à sa taille."),
            ("Atelier en salle", 60, "Les règles, l’équipement, les angles morts, le choix d’un itinéraire."),
            (
                "Atelier dehors",
                75,
                "Démarrer, freiner, tourner, puis une sortie sur une petite route.",
            ),
            ("Retour et questions", 25, "Ce que chacun change dès demain."),
        ),
    ),
    "reparer-son-velo": Hosting(
        ("Un local au sol lavable, ou un préau", "Deux grandes tables"),
        ("Pieds d’atelier et outillage", "Chambres à air, patins, câbles"),
        "Établis à hauteur réglable. " + _SAY_IT,
        "bicyclette, crevaison, freins, mécanique, atelier participatif",
        (
            ("Regarder son vélo", 30, "Une liste de contrôle, vélo par vélo."),
            ("Réparer une crevaison", 45, "Démonter, trouver le trou, remonter."),
            ("Régler les freins et la chaîne", 60, "Chacun sur son vélo, avec une personne qui passe."),
        ),
    ),
    "prendre-le-bus": Hosting(
        ("Une salle à moins de dix minutes à pied d’un arrêt",),
        ("Plans, fiches horaires, titres de transport d’exercice",),
        "Le trajet accompagné se fait par une ligne accessible en fauteuil. " + _SAY_IT,
        "car, transports en commun, fiche horaire, TAD",
        (
            ("Lire un plan et un horaire", 60, "Sur les vraies fiches de la ligne la plus proche."),
            ("Choisir son titre", 30, ""),
            ("Un trajet, ensemble", 90, "Aller et retour, chacun guide à son tour."),
        ),
    ),
    "reviser-code-de-la-route": Hosting(
        ("Une salle avec un écran ou un mur blanc", "Une prise de courant"),
        ("Vidéoprojecteur, boîtiers de réponse",),
        "Questions lues à voix haute, sous-titrées sur demande. " + _SAY_IT,
        "ETG, examen, permis B",
    ),
    "seniors-au-volant": Hosting(
        ("Une salle de plain-pied", "De quoi s’asseoir confortablement"),
        ("Test de réflexes, planches de signalisation",),
        "Boucle magnétique apportée sur demande. " + _SAY_IT,
        "retraités, personnes âgées, conduite",
    ),
    "trottinette-en-ville": Hosting(
        ("Une cour fermée d’au moins 300 m²",),
        ("10 trottinettes", "Casques, protections", "Panneaux"),
        _SAY_IT,
        "EDPM, e-scooter, patinette",
    ),
    "eco-conduite": Hosting(
        ("Un parking où garer trois voitures", "Une petite salle"),
        ("Deux voitures à double commande", "Enregistreurs de consommation"),
        _SAY_IT,
        "carburant, consommation, écoconduite",
    ),
}
