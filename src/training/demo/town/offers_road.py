"""Offers on road safety, from the way to school to the work van. All are delivered by partners."""

from __future__ import annotations

from training.demo.town.prices import flat, free, per_seat, price_list
from training.demo.town.shapes import Offer

_SAFETY = "Sécurité routière"
_TWO_WHEELS = "Vélo et deux-roues"
_SCHOOL = "Enfants et école"
_WORK = "Route et travail"

_PREVENTION = "prevention-routiere-orne"

ROAD: tuple[Offer, ...] = (
    Offer(
        slug="sensibilisation-velo-electrique",
        title="Sensibilisation au vélo à assistance électrique",
        summary="Essayer un vélo électrique, comprendre comment il réagit et rouler en sécurité jusqu’au travail.",
        description="""\
Le vélo à assistance électrique met beaucoup de trajets à portée de jambes, même avec des côtes. Il est aussi
plus lourd, plus rapide et plus silencieux qu’on ne le croit : une demi-journée suffit pour l’apprivoiser.

La séance se déroule en deux ateliers, que les groupes échangent à mi-parcours :

- **en salle**, les règles propres au vélo électrique, l’équipement, les angles morts, le choix d’un itinéraire,
  les aides à l’achat ;
- **dehors**, sur un parcours fermé puis sur une petite route, la prise en main : démarrer, freiner, tourner,
  charger ses sacoches.

Les vélos, les casques et les gilets sont apportés. En 2016, une quarantaine d’agents d’une même ville l’ont
suivie ensemble : c’est un bon format pour un service entier.
""",
        objectives=(
            "Prendre en main un vélo à assistance électrique",
            "Connaître les règles et l’équipement qui le concernent",
            "Anticiper les situations à risque en ville et sur route",
            "Choisir un itinéraire sûr entre le domicile et le travail",
        ),
        audience="Agents, salariés, groupes d’habitants, à partir de 14 ans",
        prerequisites="Savoir faire du vélo. Prévoir des chaussures fermées et un vêtement de pluie.",
        duration_minutes=180,
        group_min=8,
        group_max=60,
        kind="awareness",
        theme=_TWO_WHEELS,
        partner=_PREVENTION,
        tariffs=price_list(public=flat(350_00), insertion=free(350_00), association=flat(175_00), others=flat(480_00)),
    ),
    Offer(
        slug="sobriete-au-volant",
        title="Sobres au volant",
        summary="Alcool, cannabis, médicaments, fatigue : comprendre les effets et préparer les retours de soirée.",
        description="""\
Personne ne se lève en se disant qu’il prendra la route après trois verres. La séance part de situations vraies
– un pot de départ, un vin d’honneur, un lendemain de fête – et cherche avec le groupe à quel moment on pouvait
encore choisir.

Lunettes de simulation, réglette d’alcoolémie, quiz sur les médicaments : on manipule, on discute, on ne fait la
morale à personne. Chaque structure repart avec une **charte du retour** pour ses propres événements.
""",
        objectives=(
            "Évaluer les effets de l’alcool, des stupéfiants et de la fatigue",
            "Connaître les sanctions et la responsabilité de l’organisateur",
            "Prévoir un retour sûr avant de partir",
        ),
        audience="Agents, salariés, bénévoles, jeunes à partir de 16 ans",
        prerequisites="Aucun.",
        duration_minutes=120,
        group_min=10,
        group_max=40,
        kind="awareness",
        theme=_SAFETY,
        motif="panneaux",
        partner=_PREVENTION,
        tariffs=price_list(public=flat(220_00), insertion=free(220_00), association=free(220_00), others=flat(320_00)),
    ),
    Offer(
        slug="seniors-au-volant",
        title="Seniors : conduire longtemps, conduire bien",
        summary="Faire le point sur sa vue, ses réflexes et les nouvelles règles, entre conducteurs expérimentés.",
        description="""\
À la campagne, ne plus conduire, c’est souvent ne plus sortir. L’objectif de cette demi-journée n’est donc pas
de retirer des clés, mais d’aider à conduire **plus longtemps et plus sereinement**.

On y teste ses réflexes et son champ de vision, on révise giratoires et priorités à partir de photos du canton,
on parle franchement des médicaments et de la nuit. Un café est offert : les meilleures questions viennent
souvent à ce moment-là.
""",
        objectives=(
            "Mettre à jour ses connaissances du code",
            "Repérer les signes qui doivent alerter",
            "Adapter ses trajets, ses horaires et son véhicule",
        ),
        audience="Conducteurs de plus de 65 ans",
        prerequisites="Aucun. Rien n’est transmis au médecin ni à la préfecture.",
        duration_minutes=180,
        group_min=8,
        group_max=20,
        kind="awareness",
        theme=_SAFETY,
        partner=_PREVENTION,
        tariffs=price_list(public=flat(240_00), insertion=free(240_00), association=flat(80_00), others=flat(300_00)),
    ),
    Offer(
        slug="pietons-chemin-ecole",
        title="Piétons sur le chemin de l’école",
        summary="Une sortie dans le village pour apprendre à voir, à être vu et à traverser.",
        description="""\
Les enfants voient le monde à un mètre du sol : une voiture garée leur cache toute la rue. Après vingt minutes
de jeu en classe, on sort, gilets sur le dos, et l’on parcourt **le vrai chemin de l’école**.

Chaque traversée est préparée par un enfant. Au retour, la classe dessine la carte des endroits difficiles : la
mairie en reçoit une copie, ce qui a déjà fait déplacer plus d’un passage piéton.
""",
        objectives=(
            "Reconnaître trottoir, chaussée, passage et zone de rencontre",
            "Traverser en s’arrêtant, en regardant, en se faisant voir",
            "Repérer les endroits dangereux du trajet",
        ),
        audience="Classes du CP à la sixième, accompagnées de leur enseignant",
        prerequisites="Autorisation de sortie et deux adultes accompagnateurs.",
        duration_minutes=90,
        group_min=10,
        group_max=30,
        kind="awareness",
        theme=_SCHOOL,
        partner=_PREVENTION,
        tariffs=price_list(
            public=flat(120_00),
            school=free(120_00),
            insertion=free(120_00),
            association=free(120_00),
            others=flat(160_00),
        ),
    ),
    Offer(
        slug="sieges-auto-enfants",
        title="Bien attacher son enfant en voiture",
        summary="Choisir le bon siège, l’installer correctement et vérifier le sien avec un spécialiste.",
        description="""\
Deux enfants sur trois seraient mal attachés, presque toujours par des parents persuadés de bien faire. On
regarde ensemble les sièges par âge et par taille, puis **chacun installe le sien** dans sa voiture, avec un
conseil individuel.

La séance convient aux parents, aux assistantes maternelles et aux agents qui transportent des enfants.
""",
        objectives=(
            "Choisir un siège selon la taille et l’âge de l’enfant",
            "Installer un siège avec ceinture ou fixations Isofix",
            "Reconnaître les erreurs les plus courantes",
        ),
        audience="Parents, grands-parents, assistantes maternelles, agents des écoles et des crèches",
        prerequisites="Venir avec sa voiture et son siège, si possible.",
        duration_minutes=120,
        group_min=6,
        group_max=15,
        kind="awareness",
        theme=_SCHOOL,
        partner=_PREVENTION,
        tariffs=price_list(public=flat(160_00), insertion=free(160_00), association=free(160_00), others=flat(220_00)),
    ),
    Offer(
        slug="trottinette-en-ville",
        title="En trottinette, je fais attention",
        summary="Les règles, l’équipement et une piste d’essai pour rouler sans se faire mal.",
        description="""\
Casque ou pas, trottoir ou chaussée, assurance ou non ? Beaucoup d’utilisateurs l’ignorent, et les chutes sont
sérieuses.

Après un quiz mené tambour battant, les participants passent sur une piste démontable : freinage d’urgence,
slalom, signal de changement de direction. Les trottinettes sont bridées et les casques fournis.
""",
        objectives=(
            "Connaître les règles de circulation et d’assurance",
            "Freiner, tourner et signaler sans perdre l’équilibre",
            "Vérifier son engin et son équipement",
        ),
        audience="Collégiens à partir de 14 ans, jeunes suivis par une mission locale, agents",
        prerequisites="Autorisation parentale pour les mineurs.",
        duration_minutes=120,
        group_min=8,
        group_max=25,
        kind="awareness",
        theme=_TWO_WHEELS,
        motif="panneaux",
        partner=_PREVENTION,
        tariffs=price_list(
            public=flat(200_00),
            school=free(200_00),
            insertion=free(200_00),
            association=free(200_00),
            others=flat(260_00),
        ),
    ),
    Offer(
        slug="moto-en-securite",
        title="Reprendre la moto en sécurité",
        summary="Une demi-journée pour retrouver ses repères, en salle puis sur un parking, à allure réduite.",
        description="""\
Après quelques mois d’arrêt, la moto a moins perdu que le motard. On vérifie les machines, on reparle
trajectoires, angles morts et équipement, puis on reprend les gestes lents sur un parking fermé : démarrer,
s’arrêter, se retourner.

L’intervenant est un ancien motard de la gendarmerie. On vient avec sa moto ou son scooter, quelle que soit la
cylindrée.
""",
        objectives=(
            "Contrôler sa machine et son équipement",
            "Retrouver ses repères de freinage et d’équilibre",
            "Anticiper les erreurs des autres",
        ),
        audience="Motards et scootéristes titulaires du permis correspondant",
        prerequisites="Permis, assurance et équipement homologué.",
        duration_minutes=180,
        group_min=6,
        group_max=14,
        kind="workshop",
        theme=_TWO_WHEELS,
        motif="route",
        partner=_PREVENTION,
        tariffs=price_list(
            public=per_seat(25_00), insertion=per_seat(10_00), association=per_seat(15_00), others=per_seat(35_00)
        ),
    ),
    Offer(
        slug="premiers-secours-route",
        title="Premiers secours sur la route",
        summary="Protéger, alerter, secourir : une journée pour savoir quoi faire en arrivant sur un accident.",
        description="""\
Sur nos départementales, les premiers arrivés ne sont pas les pompiers : c’est vous. En une journée, avec des
mannequins et des mises en situation, on apprend à protéger les lieux, à donner une alerte utile, à s’occuper
d’une personne inconsciente ou qui saigne.

La matinée est consacrée aux gestes, l’après-midi aux scénarios. Une attestation de participation est remise ;
cette séance ne remplace pas le certificat PSC.
""",
        objectives=(
            "Baliser un accident sans se mettre en danger",
            "Donner une alerte complète en moins d’une minute",
            "Pratiquer les gestes qui ne peuvent pas attendre",
        ),
        audience="Agents, salariés et bénévoles qui roulent beaucoup",
        prerequisites="Être en tenue souple. Repas de midi à la charge des participants.",
        duration_minutes=360,
        group_min=6,
        group_max=12,
        kind="workshop",
        theme=_SAFETY,
        motif="secours",
        partner="secouristes-bocage",
        tariffs=price_list(
            public=per_seat(45_00), insertion=free(450_00), association=per_seat(30_00), others=per_seat(60_00)
        ),
    ),
    Offer(
        slug="risque-routier-professionnel",
        title="Prévenir le risque routier professionnel",
        summary="Une journée pour les agents et salariés qui conduisent en service, avec un plan d’action à la clé.",
        description="""\
La route est la première cause d’accident mortel du travail. Cette formation s’adresse aux personnes qui
conduisent pendant leur service : agents techniques, aides à domicile, livreurs, commerciaux.

Le matin, on analyse les trajets réels et les presque-accidents du groupe. L’après-midi, on travaille sur
l’organisation : temps de route, téléphone, chargement, état des véhicules. Les propositions sont remises à
l’employeur pour son **document unique d’évaluation des risques**.

Formation professionnelle : programme, convention et certificat de réalisation sont fournis.
""",
        objectives=(
            "Analyser les risques de ses propres déplacements professionnels",
            "Appliquer les règles de chargement, de téléphone et de temps de conduite",
            "Proposer des mesures d’organisation à son employeur",
        ),
        audience="Agents et salariés qui conduisent pour leur travail, encadrants de proximité",
        prerequisites="Permis B en cours de validité. Conduire au moins une fois par semaine en service.",
        duration_minutes=420,
        group_min=6,
        group_max=12,
        kind="vocational",
        theme=_WORK,
        motif="chevrons",
        partner=_PREVENTION,
        tariffs=price_list(public=flat(780_00), insertion=flat(390_00), association=flat(390_00), others=flat(960_00)),
    ),
    Offer(
        slug="eco-conduite",
        title="Éco-conduite : rouler mieux, dépenser moins",
        summary="Une journée en salle et sur route pour consommer 10 à 15 % de moins, sans arriver plus tard.",
        description="""\
On conduit d’abord comme d’habitude, avec un appareil qui mesure. On comprend ensuite, en salle, ce que l’on a
fait : régime, anticipation, pression des pneus, climatisation. Puis on refait **le même parcours**.

L’écart surprend presque toujours : 10 à 15 % de carburant en moins, une conduite plus calme, une minute de plus
sur une demi-heure. La journée convient aux agents en tournée comme aux salariés en déplacement.

Formation professionnelle : programme, convention et certificat de réalisation sont fournis.
""",
        objectives=(
            "Mesurer sa consommation et en comprendre les causes",
            "Appliquer les quatre gestes de l’éco-conduite",
            "Entretenir son véhicule pour qu’il consomme moins",
        ),
        audience="Agents et salariés qui conduisent en service",
        prerequisites="Permis B en cours de validité. Deux véhicules de service à disposition.",
        duration_minutes=420,
        group_min=4,
        group_max=8,
        kind="vocational",
        theme=_WORK,
        partner="auto-ecole-declic",
        tariffs=price_list(
            public=per_seat(110_00), insertion=per_seat(60_00), association=per_seat(75_00), others=per_seat(140_00)
        ),
    ),
)
