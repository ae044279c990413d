"""Offers on getting about: bus, bicycle, car, licence, money. The team's own, and those of two partners."""

from __future__ import annotations

from training.demo.town.prices import flat, free, per_seat, price_list
from training.demo.town.shapes import Offer

_WITHOUT_CAR = "Se déplacer sans voiture"
_CAR = "Voiture et budget"
_TWO_WHEELS = "Vélo et deux-roues"
_LICENCE = "Code et permis"

_REFERRED_OR_FREE = "Aucun. Les personnes peuvent venir seules ou être orientées par un professionnel."

MOVING: tuple[Offer, ...] = (
    Offer(
        slug="bien-acheter-voiture-occasion",
        title="Bien acheter une voiture d’occasion",
        summary="Choisir, vérifier et payer une voiture d’occasion sans mauvaise surprise.",
        description="""\
Une annonce trop belle, un contrôle technique qu’on ne sait pas lire, une carte grise qui tarde : acheter une
voiture d’occasion reste la première dépense mobilité de beaucoup de ménages, et la première source d’ennuis.

En petit groupe, on part de vraies annonces de la région et on apprend à poser les bonnes questions :

- **combien** peut-on mettre, une fois comptés l’assurance, le carburant et l’entretien ;
- **que regarder** sur la voiture, à froid puis pendant l’essai ;
- **quels papiers** exiger avant de donner le moindre euro ;
- **que faire** si le vendeur a menti.

Chacun repart avec une fiche de visite à emporter chez le vendeur.
""",
        objectives=(
            "Calculer le coût complet d’une voiture sur un an",
            "Lire une annonce, un contrôle technique et un certificat de situation administrative",
            "Mener une visite et un essai avec une fiche de contrôle",
            "Connaître ses recours après l’achat",
        ),
        audience="Toute personne qui pense acheter une voiture dans l’année",
        prerequisites=_REFERRED_OR_FREE,
        duration_minutes=180,
        group_min=4,
        group_max=12,
        kind="workshop",
        theme=_CAR,
        motif="volant",
        partner=None,
        tariffs=price_list(public=flat(180_00), insertion=free(180_00), association=flat(90_00), others=flat(240_00)),
    ),
    Offer(
        slug="prendre-le-bus",
        title="Prendre le bus sans se perdre",
        summary="Lire un plan et un horaire, choisir son titre de transport, faire un premier trajet accompagné.",
        description="""\
Prendre le bus paraît simple quand on l’a toujours fait. Pour d’autres, le plan est un labyrinthe et l’horaire
une colonne de chiffres.

On commence autour d’une table : repérer son arrêt, comprendre une correspondance, choisir entre ticket, carnet
et abonnement, réserver un **transport à la demande** quand le bus ne passe pas. On apprend aussi à prévoir le
retour : en ville, le dernier bus part à 19 h.

Puis on y va, ensemble : un aller-retour réel, que chaque participant prépare et conduit à tour de rôle.
""",
        objectives=(
            "Trouver une ligne, un arrêt et un horaire, sur papier et sur téléphone",
            "Choisir le titre de transport le moins cher pour ses trajets",
            "Réserver un transport à la demande",
            "Faire un trajet avec correspondance en confiance",
        ),
        audience="Personnes qui découvrent le réseau, nouveaux arrivants, seniors qui ne conduisent plus",
        prerequisites="Aucun. Il n’est pas nécessaire de bien lire le français.",
        duration_minutes=150,
        group_min=4,
        group_max=10,
        kind="workshop",
        theme=_WITHOUT_CAR,
        partner=None,
        tariffs=price_list(public=free(150_00), insertion=free(150_00), association=free(150_00), others=flat(150_00)),
    ),
    Offer(
        slug="diagnostic-mobilite",
        title="Diagnostic mobilité",
        summary="Un questionnaire puis un entretien pour savoir ce qui bloque, et par quoi commencer.",
        description="""\
Pas de permis, plus de voiture, peur de conduire, pas de bus à l’heure du travail : derrière « je n’ai pas de
moyen de transport », il y a toujours plusieurs causes.

Le diagnostic se fait en deux temps : un **questionnaire sur ordinateur** (trente minutes, avec de l’aide), puis
un **entretien individuel** avec un conseiller (une heure). Il aboutit à un plan d’action écrit, réaliste, que
la personne garde et partage si elle le souhaite avec son référent.

Nous le proposons par demi-journées de quatre personnes, dans vos locaux ou dans les nôtres.
""",
        objectives=(
            "Faire le point sur les freins, les moyens et les trajets de la personne",
            "Comparer les solutions possibles, leur coût et leur délai",
            "Établir un plan d’action en trois étapes au plus",
        ),
        audience="Personnes en parcours d’insertion ou en reconversion, orientées par un professionnel",
        prerequisites="Être orienté par un référent (mission locale, France Travail, service social, employeur).",
        duration_minutes=180,
        group_min=1,
        group_max=4,
        kind="workshop",
        theme=_WITHOUT_CAR,
        motif="bulles",
        partner=None,
        tariffs=price_list(
            public=per_seat(60_00), insertion=per_seat(45_00), association=per_seat(45_00), others=per_seat(80_00)
        ),
    ),
    Offer(
        slug="covoiturer-au-quotidien",
        title="Covoiturer au quotidien",
        summary="Trouver des covoitureurs près de chez soi et s’organiser pour que cela dure.",
        description="""\
Dans nos villages, presque toutes les voitures passent avec une seule personne à bord. Le covoiturage régulier
existe, mais il cale souvent sur des détails : qui paie quoi, que faire quand l’un est malade, comment oser
demander.

On dessine sur une carte les trajets du groupe, on repère ceux qui se croisent, on écrit une petite règle du
jeu. Les applications sont présentées, ainsi que les aires de covoiturage et ce que prévoit l’assurance.
""",
        objectives=(
            "Repérer les trajets que l’on peut partager",
            "Se mettre d’accord sur les frais, les horaires et les imprévus",
            "Utiliser une application de covoiturage de proximité",
        ),
        audience="Agents, salariés, habitants d’un même village",
        prerequisites="Aucun.",
        duration_minutes=120,
        group_min=6,
        group_max=20,
        kind="workshop",
        theme=_WITHOUT_CAR,
        motif="auto",
        partner=None,
        tariffs=price_list(public=flat(120_00), insertion=free(120_00), association=free(120_00), others=flat(200_00)),
    ),
    Offer(
        slug="budget-mobilite",
        title="Maîtriser son budget mobilité",
        summary="Savoir ce que coûtent vraiment ses déplacements et trouver les aides auxquelles on a droit.",
        description="""\
Essence, assurance, réparations, stationnement : on sait rarement ce que l’on dépense pour se déplacer.
L’atelier aide à le calculer, sans jugement, puis à chercher où gagner.

On passe en revue les **aides existantes** – tarifs solidaires, location à 3 € par jour, microcrédit, garage
solidaire, prime vélo – et l’on prépare, pour ceux qui le veulent, une première demande.
""",
        objectives=(
            "Chiffrer ses déplacements du mois",
            "Comparer le coût de deux ou trois solutions pour un même trajet",
            "Connaître les aides locales et leurs conditions",
        ),
        audience="Toute personne dont les déplacements pèsent sur le budget",
        prerequisites="Aucun. Apporter, si possible, une facture d’assurance et un ticket de carburant.",
        duration_minutes=150,
        group_min=5,
        group_max=12,
        kind="workshop",
        theme=_CAR,
        partner=None,
        tariffs=price_list(public=flat(150_00), insertion=free(150_00), association=free(150_00), others=flat(220_00)),
    ),
    Offer(
        slug="preparer-dossier-permis",
        title="Préparer son dossier de permis",
        summary="Choisir sa formule, réunir les pièces et trouver un financement avant d’entrer en auto-école.",
        description="""\
Entre l’envie de passer le permis et la première leçon, il y a un dossier : pièces d’identité, photo numérique,
journée défense et citoyenneté, financement. Beaucoup s’y arrêtent.

Pendant l’atelier, chacun crée son compte en ligne, dépose ses pièces et repart avec la liste de ce qui manque.
On compare aussi les formules : auto-école classique, conduite supervisée, **auto-école associative** (trois
groupes de douze places par an, 250 € la place, sur orientation).
""",
        objectives=(
            "Constituer et déposer sa demande en ligne",
            "Choisir la formule adaptée à son rythme et à ses moyens",
            "Identifier les financements possibles et les demander dans le bon ordre",
        ),
        audience="Futurs candidats au permis B, à partir de 16 ans",
        prerequisites="Apporter une pièce d’identité et un justificatif de domicile.",
        duration_minutes=150,
        group_min=4,
        group_max=10,
        kind="workshop",
        theme=_LICENCE,
        partner=None,
        tariffs=price_list(public=flat(150_00), insertion=free(150_00), association=free(150_00), others=flat(220_00)),
    ),
    Offer(
        slug="reviser-code-de-la-route",
        title="Réviser le code de la route",
        summary="Trois séances pour remettre à jour ce que l’on a appris il y a vingt ans, ou réussir l’examen.",
        description="""\
Giratoires, zones de rencontre, sas vélo, téléphone tenu en main : le code a changé, et l’on n’ose pas toujours
demander.

Les trois séances de deux heures alternent questions à l’écran, discussions à partir de photos prises **dans la
commune** et cas pratiques. On ne note personne. Les conducteurs y retrouvent leurs réflexes ; les candidats qui
ont échoué à l’examen comprennent enfin pourquoi.
""",
        objectives=(
            "Connaître les règles nouvelles ou souvent oubliées",
            "Lire une situation réelle et dire qui passe",
            "Comprendre la logique des questions de l’examen",
        ),
        audience="Conducteurs de tous âges, candidats au code",
        prerequisites="Aucun. S’engager à venir aux trois séances.",
        duration_minutes=360,
        group_min=6,
        group_max=15,
        kind="workshop",
        theme=_LICENCE,
        motif="ecran",
        partner="auto-ecole-declic",
        tariffs=price_list(
            public=flat(420_00), insertion=free(420_00), association=per_seat(20_00), others=flat(540_00)
        ),
    ),
    Offer(
        slug="reparer-son-velo",
        title="Réparer son vélo soi-même",
        summary="Freins, chaîne, crevaison : les gestes qui évitent de laisser son vélo au garage.",
        description="""\
Chacun vient avec son vélo, même fatigué. Deux mécaniciens montrent le geste, puis regardent faire : démonter
une roue, changer une chambre à air, régler des freins, graisser une chaîne.

Les outils et les petites fournitures (rustines, câbles, patins) sont compris. Les vélos trop abîmés ne sont pas
condamnés : on note ce qu’il faudrait et ce que cela coûterait.
""",
        objectives=(
            "Vérifier un vélo avant de partir",
            "Réparer une crevaison et régler des freins",
            "Entretenir la transmission",
        ),
        audience="Habitants, salariés et agents qui ont un vélo",
        prerequisites="Venir avec un vélo ; nous pouvons en prêter trois.",
        duration_minutes=150,
        group_min=4,
        group_max=10,
        kind="workshop",
        theme=_TWO_WHEELS,
        motif="roue",
        partner="deux-roues-alencon",
        tariffs=price_list(
            public=per_seat(18_00), insertion=free(180_00), association=per_seat(9_00), others=per_seat(22_00)
        ),
    ),
)
