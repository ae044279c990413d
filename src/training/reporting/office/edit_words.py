"""What the fields that people edit are called, and how their values are said: a dict for each kind. No I/O.

`tests/unit/test_edit_words.py` refuses a field that an action edits and that has no words here.
"""

from __future__ import annotations

from training.accounting.rules.accounts import NAMES as ACCOUNT_NAMES
from training.catalogue.rules.looks import PAPER_NAMES
from training.catalogue.rules.offers import OFFER_KIND_NAMES
from training.catalogue.rules.supporters import SUPPORTER_KIND_NAMES
from training.directory.rules.credentials import CREDENTIAL_KIND_NAMES
from training.directory.rules.organisations import KIND_NAMES
from training.directory.rules.people import RATE_UNIT_NAMES
from training.dunning.rules.reminding import BUYER_NAMES, STEP_NAMES
from training.kernel.countries import country_name
from training.kernel.i18n import N_
from training.kernel.motifs.art import MOTIF_NAMES
from training.kernel.render import month_end
from training.reporting.office.edit_values import (
    FieldWords,
    among,
    day,
    days,
    instant,
    long,
    minutes,
    money,
    named,
    one_after_another,
    partner_rate,
    payers,
    plain,
    services,
    several,
    yes_no,
)

REGIMES = {
    "out_of_scope": N_("Hors champ de la TVA"),
    "franchise_293b": N_("Franchise en base"),
    "vocational_261_4_4a": N_("Exonérée : formation professionnelle"),
    "social_261_7_1": N_("Exonérée : services sociaux et éducatifs aux membres"),
    "normal": N_("TVA au taux normal"),
    "reverse_charge": N_("Autoliquidation"),
    "outside": N_("TVA non applicable : client hors de l’Union"),
}
BUYERS = {
    "public": N_("Organisme public"),
    "company": N_("Entreprise"),
    "association": N_("Association"),
    "person": N_("Particulier"),
}
ABROAD = {
    "as_here": N_("Notre régime habituel"),
    "reverse_charge": N_("Autoliquidation"),
    "outside": N_("TVA non applicable"),
}
CHORUS = {
    "none": N_("Rien de plus que son SIRET"),
    "service": N_("Un code service"),
    "engagement": N_("Un numéro d’engagement"),
    "either": N_("L’un ou l’autre"),
    "both": N_("Les deux"),
}
MOMENTS = {
    "held": N_("Après chaque séance"),
    "monthly": N_("Une fois par mois"),
    "confirmed": N_("Dès la confirmation"),
}
ORGANISATION_STATES = {
    "pending": N_("à valider"),
    "approved": N_("validée"),
    "refused": N_("refusée"),
    "archived": N_("archivée"),
}
OFFER_STATES = {"draft": N_("brouillon"), "published": N_("publiée"), "archived": N_("archivée")}
WHEELCHAIR = {"yes": N_("oui"), "help": N_("avec de l’aide"), "no": N_("non")}
SESSION_KINDS = {"public": N_("ouverte à toutes les structures"), "private": N_("réservée à une structure")}
LOCALES = {"fr": N_("français"), "en": N_("anglais")}

_REFERENCES = {
    "purchase_order": plain(N_("Numéro d’engagement ou de bon de commande")),
    "service_code": plain(N_("Code service")),
}
_PERSON = {
    "name": plain(N_("Nom")),
    "email": plain(N_("Courriel")),
    "phone": plain(N_("Téléphone")),
    "locale": among(N_("Langue"), LOCALES),
    "active": yes_no(N_("En activité")),
}
_PLACE = {
    "address": plain(N_("Adresse")),
    "postcode": plain(N_("Code postal")),
    "city": plain(N_("Ville")),
}

EDIT_WORDS: dict[str, dict[str, FieldWords]] = {
    "platform": _PLACE
    | {
        "name": plain(N_("Nom")),
        "short_name": plain(N_("Nom court")),
        "legal_form": plain(N_("Forme juridique")),
        "siret": plain(N_("SIRET")),
        "vat_number": plain(N_("Numéro de TVA")),
        "vat_regime": among(N_("Régime de TVA"), REGIMES),
        "activity_number": plain(N_("Numéro de déclaration d’activité")),
        "email": plain(N_("Courriel")),
        "phone": plain(N_("Téléphone")),
        "contact_name": plain(N_("La personne à appeler")),
        "website": plain(N_("Site")),
        "iban": plain(N_("IBAN")),
        "bic": plain(N_("BIC")),
        "accent": plain(N_("Couleur")),
        "logo": FieldWords(N_("Logo"), of="file"),
        "payment_days": plain(N_("Délai de paiement, en jours")),
        "late_terms_private": long(N_("Retard de paiement : entreprises et associations")),
        "late_terms_public": long(N_("Retard de paiement : organismes publics")),
        "issue_without_look": yes_no(N_("Émettre les factures sans relecture")),
        "issue_delay_minutes": minutes(N_("Délai avant l’envoi")),
        "vat_on_debits": yes_no(N_("TVA acquittée sur les débits")),
        "training_region": plain(N_("Région du préfet qui l’a enregistré")),
        "is_demo": yes_no(N_("Démonstration")),
        "fiscal_year_end": FieldWords(N_("Fin de l’exercice comptable"), lambda value: month_end(int(value))),
        "trade": plain(N_("Votre activité")),
        "territory": plain(N_("Votre territoire")),
        "headline": plain(N_("Titre de l’accueil")),
        "lead": long(N_("Phrase de l’accueil")),
        "hours": plain(N_("Quand vous répondez")),
        "people": long(N_("Les personnes qui répondent")),
    },
    "organisation": _PLACE
    | {
        "name": plain(N_("Nom")),
        "slug": plain(N_("Adresse de son espace")),
        "kind": among(N_("Type"), KIND_NAMES),
        "buyer": among(N_("Pour la loi, c’est"), BUYERS),
        "state": among(N_("État"), ORGANISATION_STATES),
        "siret": plain(N_("SIRET")),
        "vat_number": plain(N_("Numéro de TVA")),
        "commune": named(N_("Commune"), "commune"),
        "service_code": plain(N_("Code service habituel")),
        "chorus_needs": among(N_("Ce que ses factures doivent porter"), CHORUS),
        "contract_reference": plain(N_("Numéro de marché")),
        "billing_moment": among(N_("La facture se prépare"), MOMENTS),
        "early_billing_reason": long(N_("Motif pour facturer avant le service fait")),
        "online_payment_reason": long(N_("Motif pour proposer la carte ou le prélèvement à un organisme public")),
        "payment_days": plain(N_("Délai de paiement, en jours")),
        "client_account": plain(N_("Compte client")),
        "rna": plain(N_("Numéro RNA")),
        "taxable": yes_no(N_("Assujettie à la TVA")),
        "country": FieldWords(N_("Pays"), country_name),
        "billing_address": long(N_("Adresse de facturation")),
        "vat_abroad": among(N_("TVA d’un client à l’étranger"), ABROAD),
        "services": FieldWords(N_("Services dans Chorus Pro"), services),
        "phone": plain(N_("Téléphone")),
        "website": plain(N_("Site internet")),
        "see": named(N_("Archivée pour"), "organisation"),
        "siret_asked": plain(N_("SIRET donné à l’inscription")),
    },
    "commune": {"same_as": named(N_("Même commune que"), "commune")},
    "contact": _PERSON
    | {
        "title": plain(N_("Fonction")),
        "for_booking": yes_no(N_("Reçoit ce qui concerne les réservations")),
        "for_billing": yes_no(N_("Reçoit les factures")),
        "organisation": named(N_("Structure"), "organisation"),
    },
    "facilitator": _PERSON
    | {
        "partner": named(N_("Équipe ou partenaire"), "partner"),
        "skills": several(N_("Offres animées")),
        "area": long(N_("Où la personne se déplace")),
        "rate_unit": among(N_("Rémunération"), RATE_UNIT_NAMES),
        "rate_cents": money(N_("Montant")),
        "note": long(N_("Note pour l’équipe")),
        "left_on": day(N_("N’anime plus à partir du")),
        "unavailable": FieldWords(N_("Pas disponible"), days),
    },
    "partner": _PERSON
    | _PLACE
    | {
        "slug": plain(N_("Adresse sur le site")),
        "summary": long(N_("En quelques mots")),
        "website": plain(N_("Site")),
        "siret": plain(N_("Numéro SIRET")),
        "note": long(N_("Note pour l’équipe")),
        "rate": FieldWords(N_("Tarif"), partner_rate),
    },
    "partner_contact": _PERSON | {"title": plain(N_("Fonction")), "partner": named(N_("Partenaire"), "partner")},
    "credential": {
        "kind": among(N_("Papier"), CREDENTIAL_KIND_NAMES),
        "label": plain(N_("Nom du papier, ou pour quoi")),
        "number": plain(N_("Numéro")),
        "valid_from": day(N_("Valable à partir du")),
        "valid_until": day(N_("Valable jusqu’au")),
        "file": FieldWords(N_("Fichier"), of="file"),
        "archived_at": instant(N_("Archivé")),
    },
    "venue": {
        "name": plain(N_("Nom du lieu")),
        "address": plain(N_("Adresse")),
        "commune": named(N_("Commune"), "commune"),
        "capacity": plain(N_("Combien de personnes y tiennent ?")),
        "access": long(N_("Comment y accéder")),
        "latitude": plain(N_("Latitude")),
        "longitude": plain(N_("Longitude")),
        "active": yes_no(N_("Proposer ce lieu pour de nouvelles séances")),
        "contact_name": plain(N_("Nom de la personne qui ouvre")),
        "contact_email": plain(N_("Courriel de la personne qui ouvre")),
        "contact_phone": plain(N_("Téléphone de la personne qui ouvre")),
        "equipment": long(N_("Ce qu’il y a sur place")),
        "wheelchair": among(N_("Accessible en fauteuil roulant"), WHEELCHAIR),
        "note": long(N_("Note pour l’équipe")),
        "zone": plain(N_("Fuseau horaire")),
    },
    "session": {
        "starts_at": instant(N_("Début")),
        "ends_at": instant(N_("Fin")),
        "venue": named(N_("Lieu"), "venue"),
        "capacity": plain(N_("Combien de places ?")),
        "closes_at": instant(N_("Réservable jusqu’au")),
        "note": long(N_("Note pour l’équipe et la personne qui anime")),
        "kind": among(N_("Pour qui"), SESSION_KINDS),
        "organisation": named(N_("Structure"), "organisation"),
        "offer": named(N_("Offre"), "offer"),
        "facilitator": named(N_("Animation"), "facilitator"),
    },
    "booking": _REFERENCES
    | {
        "note": long(N_("Note")),
        "seats": plain(N_("Places")),
        "contact": named(N_("Contact"), "contact"),
        "account": named(N_("Personne qui suit la réservation"), "account"),
        "participants": FieldWords(N_("Participants"), one_after_another),
        "invite_participants": yes_no(N_("Inviter ceux qui ont une adresse")),
        "shares": FieldWords(N_("Clients facturés"), payers),
    },
    "invoice": _REFERENCES
    | {
        "contract_reference": plain(N_("Numéro de marché")),
        "subject": plain(N_("Objet")),
        "line": long(N_("Ligne")),
    },
    "offer": {
        "slug": plain(N_("Adresse de la page")),
        "title": plain(N_("Titre")),
        "summary": long(N_("Résumé")),
        "description": long(N_("Texte de la page")),
        "objectives": long(N_("Ce que chacun saura faire")),
        "audience": long(N_("Pour qui")),
        "prerequisites": long(N_("Avant de venir")),
        "steps": long(N_("Programme")),
        "host_provides": long(N_("À prévoir par la structure")),
        "equipment": long(N_("Apporté par l’équipe")),
        "accessibility": long(N_("Accessibilité")),
        "keywords": long(N_("Mots de recherche")),
        "theme": plain(N_("Thème")),
        "kind": among(N_("Type"), OFFER_KIND_NAMES),
        "duration_minutes": minutes(N_("Durée")),
        "group_min": plain(N_("Groupe, au moins")),
        "group_max": plain(N_("Groupe, au plus")),
        "partner": named(N_("Partenaire"), "partner"),
        "vat_regime": among(N_("Régime de TVA"), REGIMES),
        "bill_present": yes_no(N_("Facturer les présents")),
        "sales_account": plain(N_("Compte de produits")),
        "analytic_code": plain(N_("Code analytique")),
        "motif": among(N_("Dessin"), MOTIF_NAMES),
        "state": among(N_("État"), OFFER_STATES),
        "deliverers": several(N_("Qui peut l’animer")),
        "picture": FieldWords(N_("Image"), of="file"),
        "alt": plain(N_("Ce que l’image montre")),
        "agreed_by": long(N_("Qui est d’accord")),
        "agreed_on": day(N_("D’accord le")),
        "agreement": plain(N_("Où l’accord est gardé")),
        "funding": plain(N_("Financé par")),
        "tariff_others": plain(N_("Tarif de toutes les autres structures")),
        "tariff_commune": plain(N_("Tarif des communes")),
        "tariff_intercommunality": plain(N_("Tarif des intercommunalités")),
        "tariff_departement": plain(N_("Tarif des départements")),
        "tariff_other_public": plain(N_("Tarif des autres organismes publics")),
        "tariff_insertion": plain(N_("Tarif des structures d’insertion")),
        "tariff_association": plain(N_("Tarif des associations")),
        "tariff_company": plain(N_("Tarif des entreprises")),
        "tariff_school": plain(N_("Tarif des établissements scolaires")),
        "tariff_person": plain(N_("Tarif des particuliers")),
    },
    "note": {"text": long(N_("Note"))},
    "theme": {
        "name": plain(N_("Nom")),
        "paper": among(N_("Papier"), PAPER_NAMES),
        "motif": among(N_("Dessin"), MOTIF_NAMES),
        "keywords": long(N_("Mots de recherche")),
        "position": plain(N_("Rang")),
    },
    "supporter": {
        "kind": among(N_("Rôle"), SUPPORTER_KIND_NAMES),
        "name": plain(N_("Nom")),
        "link": plain(N_("Site")),
        "sentence": plain(N_("Une phrase")),
        "position": plain(N_("Rang")),
        "logo": FieldWords(N_("Logo"), of="file"),
        "alt": plain(N_("Ce que le logo montre")),
        "active": yes_no(N_("Sur la page d’accueil")),
        "valid_from": day(N_("Du")),
        "valid_until": day(N_("Au")),
        "archived_on": day(N_("Archivé le")),
    },
    "reminder_rule": {
        f"{buyer}-{step}": FieldWords(buyers, also=steps)
        for buyer, buyers in BUYER_NAMES.items()
        for step, steps in STEP_NAMES.items()
    },
    "accounting": {name: plain(words) for name, words in ACCOUNT_NAMES.items()},
    "account": {
        "administrator": plain(N_("Administration")),
        "taken_over": plain(N_("Prend la suite de")),
    },
    "setting": {"smtp_url": plain(N_("Serveur d’envoi")), "base_url": plain(N_("Adresse du site"))},
}
# Written beside the others for programs alone: no page shows them, nobody edits them.
SILENT = {
    "supporter": frozenset({"address"}),
    "credential": frozenset({"facilitator", "partner", "renewed_by"}),
}
