"""The platform of the demonstration, as its staff would have typed it in its settings. Every number is invented."""

from __future__ import annotations

from training.demo.town.shapes import Platform

PLATFORM = Platform(
    name="Centre social de démonstration, plateforme Mobijump",
    short_name="Mobijump (démonstration)",
    legal_form="Association loi 1901",
    siret="00061001400011",  # no legal unit has a SIREN that begins with 000
    vat_regime="out_of_scope",
    activity_number="28610000061",  # 28: Normandie, 61: Orne; nobody has the rest
    address="4 place de la Démonstration",
    postcode="61000",
    city="Alençon",
    insee="61001",
    phone="02 61 91 00 01",  # 02 61 91 xx xx and 06 39 98 xx xx ring nowhere: kept for fiction by ARCEP
    email="contact@mobijump.example.org",
    contact_name="Claire Boussole",
    website="https://mobijump.example.org",
    iban="FR7699999000610000000000185",  # right check digits, a bank code that no bank has
    bic="DEMOFRPPXXX",
    accent="#0e5a6e",
    payment_days=30,
    late_terms_private="",  # the law's own
    late_terms_public="",
    trade="Ateliers et formations",
    territory="Pays d’Alençon",
    headline="Des ateliers mobilité qui viennent jusque dans votre commune",
    lead="Vélo, bus, permis, budget, sécurité : des séances pour vos agents, vos habitants, vos salariés. "
    "Vous dites combien vous serez, nous apportons le reste.",
    hours="du lundi au vendredi, de 9 h à 17 h",
    people="""\
Claire Boussole, conseillère en mobilité, responsable
Mehdi Sentier, conseiller en mobilité, secteur rural
Lucie Traverse, animatrice du centre social""",
    about="""\
Mobijump est la plateforme de mobilité du Pays d’Alençon. Depuis 2013, une petite équipe installée dans un
centre social aide les habitants à se déplacer pour travailler, se former, se soigner ou voir leurs proches.

Avec ses partenaires – la Prévention routière, une auto-école associative, des loueurs solidaires –, elle
propose aux communes, aux structures d’insertion, aux associations et aux entreprises un **catalogue de séances
collectives**. Certaines sont gratuites, les autres sont proposées à prix coûtant.

**Nous venons jusqu’à vous.** Une salle des fêtes, une médiathèque ou une salle du conseil suffit : les
personnes qui ont le plus besoin de ces séances sont aussi celles qui peuvent le moins venir en ville.

*Ce site est une démonstration : les personnes, les numéros et les réservations sont inventés.*
""",
    cancellation_terms="""\
Vous pouvez annuler sans frais jusqu’à sept jours avant la séance. Passé ce délai, appelez-nous : nous cherchons
d’abord une autre date avec vous. Une séance annulée de notre fait n’est jamais facturée.
""",
    payment_terms="""\
La facture est envoyée une fois la séance tenue. Elle est payable à 30 jours, par virement ou par mandat
administratif.
""",
    footer="Plateforme de démonstration. Les personnes, les organisations et les numéros sont inventés.",
)
