"""The clients: town halls, insertion structures, associations, a company, schools. Numbers and people are invented."""

from __future__ import annotations

from training.demo.town.shapes import Member, Organisation, Person


def _person(first: str, last: str, title: str, phone: str, mail: str) -> Person:
    """`mail` is also the slug: one address, one person."""
    return Person(mail.replace(".", "-"), first, last, title, f"{mail}@example.org", phone)


_FLORENCE = Member(
    _person("Florence", "Dentelle", "Responsable de la formation", "02 61 91 00 21", "florence.dentelle"), "manager"
)
_MARC = Member(_person("Marc", "Lavoir", "Secrétaire de mairie", "02 61 91 00 27", "marc.lavoir"), "manager")
_ESTELLE = Member(_person("Estelle", "Tilleul", "Secrétaire de mairie", "02 61 91 00 29", "estelle.tilleul"), "manager")
_JOSIANE = Member(_person("Josiane", "Rosier", "Présidente", "06 39 98 00 30", "josiane.rosier"), "manager")
_ROMAIN = Member(_person("Romain", "Reliure", "Directeur", "02 61 91 00 40", "romain.reliure"), "manager")

ORGANISATIONS: tuple[Organisation, ...] = (
    Organisation(
        slug="commune-alencon",
        name="Commune d’Alençon (démonstration)",
        kind="commune",
        buyer="public",
        siret="00061007100011",
        address="1 place de la Mairie",
        postcode="61000",
        city="Alençon",
        insee="61001",
        phone="02 61 91 00 20",
        booking_contact=_FLORENCE,
        billing_contact=Member(
            _person("Didier", "Grandlivre", "Service des finances", "02 61 91 00 22", "didier.grandlivre"), "accountant"
        ),
        members=(
            Member(_person("Anaïs", "Perron", "Conseillère en prévention", "02 61 91 00 23", "anais.perron"), "member"),
        ),
    ),
    Organisation(
        slug="communaute-urbaine-alencon",
        name="Communauté urbaine d’Alençon (démonstration)",
        kind="intercommunality",
        buyer="public",
        siret="00061008900013",
        address="7 rue du Réseau",
        postcode="61000",
        city="Alençon",
        insee="61001",
        phone="02 61 91 00 24",
        booking_contact=Member(
            _person("Karim", "Viaduc", "Chargé de mission mobilités", "06 39 98 00 20", "karim.viaduc"), "manager"
        ),
        billing_contact=Member(
            _person("Paulette", "Mandat", "Service comptabilité", "02 61 91 00 25", "paulette.mandat"), "accountant"
        ),
    ),
    Organisation(
        slug="departement-orne",
        name="Département de l’Orne (démonstration)",
        kind="departement",
        buyer="public",
        siret="00061009700016",
        address="27 boulevard des Cantons",
        postcode="61000",
        city="Alençon",
        insee="61001",
        phone="02 61 91 00 26",
        booking_contact=Member(
            _person("Béatrice", "Canton", "Cheffe du service insertion", "06 39 98 00 21", "beatrice.canton"), "manager"
        ),
        billing_contact=Member(
            _person("Thierry", "Tableau", "Pôle comptable", "06 39 98 00 22", "thierry.tableau"), "accountant"
        ),
        members=(
            Member(
                _person("Léna", "Soutien", "Assistante sociale de secteur", "06 39 98 00 23", "lena.soutien"),
                "referrer",
            ),
        ),
    ),
    Organisation(
        slug="commune-ecouves",
        name="Commune d’Écouves (démonstration)",
        kind="commune",
        buyer="public",
        siret="00061010500017",
        address="1 place du Préau, Radon",
        postcode="61250",
        city="Écouves",
        insee="61341",
        phone="02 61 91 00 28",
        booking_contact=_MARC,
        billing_contact=_MARC,
    ),
    Organisation(
        slug="commune-sainte-scolasse",
        name="Commune de Sainte-Scolasse-sur-Sarthe (démonstration)",
        kind="commune",
        buyer="public",
        siret="00061011300011",
        address="1 rue des Tilleuls",
        postcode="61170",
        city="Sainte-Scolasse-sur-Sarthe",
        insee="61454",
        phone="02 61 91 00 30",
        booking_contact=_ESTELLE,
        billing_contact=_ESTELLE,
    ),
    Organisation(
        slug="syndicat-mobilites-rurales",
        name="Syndicat intercommunal des mobilités rurales de Carrouges, Courtomer et Sées (démonstration)",
        kind="intercommunality",
        buyer="public",
        siret="00061012100014",
        address="12 rue du Champ-de-Foire",
        postcode="61320",
        city="Carrouges",
        insee="61074",
        phone="02 61 91 00 31",
        booking_contact=Member(
            _person("Gaëtan", "Haras", "Directeur des services", "06 39 98 00 24", "gaetan.haras"), "manager"
        ),
        billing_contact=Member(
            _person("Mireille", "Bordereau", "Régie et comptabilité", "02 61 91 00 32", "mireille.bordereau"),
            "accountant",
        ),
    ),
    Organisation(
        slug="ccas-argentan",
        name="Centre communal d’action sociale d’Argentan (démonstration)",
        kind="other_public",
        buyer="public",
        siret="00061013900016",
        address="15 rue de la Passerelle",
        postcode="61200",
        city="Argentan",
        insee="61006",
        phone="02 61 91 00 33",
        booking_contact=Member(_person("Fatou", "Passage", "Directrice", "06 39 98 00 25", "fatou.passage"), "manager"),
        billing_contact=Member(
            _person("Régis", "Encaisse", "Gestionnaire budgétaire", "02 61 91 00 34", "regis.encaisse"), "accountant"
        ),
    ),
    Organisation(
        slug="mission-locale-alencon",
        name="Mission locale du Pays d’Alençon (démonstration)",
        kind="insertion",
        buyer="association",
        siret="00061014700019",
        address="5 rue de l’Avenir",
        postcode="61000",
        city="Alençon",
        insee="61001",
        phone="02 61 91 00 35",
        booking_contact=Member(
            _person("Jordan", "Élan", "Conseiller référent mobilité", "06 39 98 00 26", "jordan.elan"), "manager"
        ),
        billing_contact=Member(
            _person("Chantal", "Colonne", "Assistante de gestion", "02 61 91 00 36", "chantal.colonne"), "accountant"
        ),
        members=(
            Member(
                _person("Manon", "Tremplin", "Conseillère en insertion", "06 39 98 00 27", "manon.tremplin"), "referrer"
            ),
        ),
    ),
    Organisation(
        slug="jardins-du-sarthon",
        name="Les Jardins du Sarthon, chantier d’insertion (démonstration)",
        kind="insertion",
        buyer="association",
        siret="00061015400015",
        address="Chemin des Maraîchers",
        postcode="61420",
        city="Saint-Denis-sur-Sarthon",
        insee="61382",
        phone="02 61 91 00 37",
        booking_contact=Member(
            _person("Olivier", "Potager", "Encadrant technique", "06 39 98 00 28", "olivier.potager"), "manager"
        ),
        billing_contact=Member(
            _person("Sylvie", "Semis", "Coordinatrice", "02 61 91 00 38", "sylvie.semis"), "accountant"
        ),
    ),
    Organisation(
        slug="aines-du-mele",
        name="Les Aînés du Pays mêlois (démonstration)",
        kind="association",
        buyer="association",
        siret="00061016200018",
        address="Avenue du Plan-d’Eau",
        postcode="61170",
        city="Le Mêle-sur-Sarthe",
        insee="61258",
        phone="06 39 98 00 29",
        booking_contact=_JOSIANE,
        billing_contact=Member(
            _person("Raymond", "Tirelire", "Trésorier", "06 39 98 00 31", "raymond.tirelire"), "member"
        ),
    ),
    Organisation(
        slug="imprimerie-du-haras",
        name="Imprimerie du Haras (démonstration)",
        kind="company",
        buyer="company",
        siret="00061017000011",
        address="18 rue des Presses, zone d’activité nord",
        postcode="61500",
        city="Sées",
        insee="61464",
        phone="02 61 91 00 39",
        booking_contact=_ROMAIN,
        billing_contact=_ROMAIN,
    ),
    Organisation(
        slug="college-deux-vallees",
        name="Collège des Deux-Vallées (démonstration)",
        kind="school",
        buyer="public",
        siret="00061018800013",
        address="3 rue du Préau",
        postcode="61500",
        city="Sées",
        insee="61464",
        phone="02 61 91 00 41",
        booking_contact=Member(
            _person("Hélène", "Ardoise", "Conseillère principale d’éducation", "06 39 98 00 32", "helene.ardoise"),
            "manager",
        ),
        billing_contact=Member(
            _person("Patrick", "Craie", "Secrétaire général", "02 61 91 00 42", "patrick.craie"), "accountant"
        ),
    ),
    Organisation(
        slug="maison-familiale-rurale-bois-joli",
        name="Maison familiale rurale du Bois-Joli (démonstration)",
        kind="school",
        buyer="association",
        siret="00061019600016",
        address="Lieu-dit Le Bois-Joli",
        postcode="61400",
        city="Mortagne-au-Perche",
        insee="61293",
        phone="02 61 91 00 43",
        booking_contact=Member(
            _person("Aurélien", "Bosquet", "Moniteur", "06 39 98 00 33", "aurelien.bosquet"), "manager"
        ),
        billing_contact=Member(
            _person("Simone", "Clairvoie", "Secrétaire-comptable", "02 61 91 00 44", "simone.clairvoie"), "accountant"
        ),
        state="pending",
    ),
)

STORY_ORGANISATION = "commune-alencon"  # the town hall of the story: its contact signs in, its API key is printed
