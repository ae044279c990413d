"""The platform and everyone it deals with. No account, no right and no booking here."""

from __future__ import annotations

from piccolo.columns import BigInt, Boolean, Date, DoublePrecision, Integer, Serial, Text, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from training.kernel.columns import belongs_to, instant, short_text
from training.records.tables import File


class Platform(Table, tablename="platform"):
    """The one row that says who runs this site: what letters, invoices and pages carry."""

    id: Serial
    name = short_text()
    short_name = short_text(60)
    legal_form = short_text(100)
    address = short_text(300)
    postcode = short_text(10)
    city = short_text(100)
    siret = Varchar(length=14, default=None, null=True)
    vat_number = short_text(20, null=True)
    vat_regime = short_text(40)
    activity_number = short_text(20, null=True)  # numéro de déclaration d'activité (art. L6351-1 C. trav.)
    email = short_text()
    phone = short_text(30)
    contact_name = short_text()
    website = short_text(null=True)
    iban = short_text(34, null=True)
    bic = short_text(11, null=True)
    accent = short_text(7)
    logo = belongs_to(File, null=True)
    payment_days = Integer(default=30)
    late_terms_private = Text(default=None)
    late_terms_public = Text(default=None)
    issue_without_look = Boolean(default=False)
    issue_delay_minutes = Integer(default=10)  # before what « réalisée » made is issued by itself: a mistake is undone
    vat_on_debits = Boolean(default=False)  # CGI art. 269-2 c
    training_region = short_text(100, null=True)  # whose prefect registered `activity_number`
    is_demo = Boolean(default=False)
    fiscal_year_end = Integer(default=12)  # the month (1 to 12) whose last day ends the year of the books
    trade = Varchar(length=80, default="")  # what it does, under its name: « Ateliers et formations »
    territory = Varchar(length=80, default="")  # where: « Pays d’Alençon »
    headline = Varchar(length=120, default="")  # the home's title
    lead = Varchar(length=300, default="")  # the sentence under it
    hours = Varchar(length=100, default="")  # when somebody answers: « du lundi au vendredi, de 9 h à 17 h »
    people = Text(default="")  # who answers, one a line: `rules.people_of`

    platform_fiscal_year_ends_in_a_month = Check("fiscal_year_end between 1 and 12")
    platform_is_one = Check("id = 1")
    platform_issue_delay = Check("issue_delay_minutes between 0 and 1440")
    platform_accent_is_a_colour = Check("accent ~ '^#[0-9a-f]{6}$'")


class SetUp(Table, tablename="set_up"):
    """What somebody said of a step of the first day: it is done, or it can wait. What the data shows is not here."""

    id: Serial
    step = short_text(20, unique=True)
    state = short_text(10)
    said_at = instant()

    set_up_state_is_one = Check("state in ('done', 'skipped')")


class Commune(Table, tablename="commune"):
    """A municipality: of the country, by its INSEE code, or typed by hand with a name and a postcode, and no more.

    `same_as`: typed by hand, it is that one, which stands for it (index `commune_typed_once`: it is found again).
    """

    id: Serial
    insee = Varchar(length=5, default=None, null=True, unique=True)
    name = short_text(100)
    postcode = short_text(5)  # the first of `commune_postcode`
    latitude = DoublePrecision(default=None, null=True)
    longitude = DoublePrecision(default=None, null=True)
    population = Integer(default=None, null=True)
    epci_code = Varchar(length=9, default=None, null=True)  # the SIREN of its communauté
    epci_name = short_text(null=True)
    mairie_phone = short_text(30, null=True)
    mairie_email = short_text(null=True)
    same_as = belongs_to("self", null=True)

    commune_position_is_whole = Check("(latitude is null) = (longitude is null)")
    commune_same_as_one_of_the_country = Check("same_as is null or insee is null")


class CommunePostcode(Table, tablename="commune_postcode"):
    """A postcode of a commune: a town has several, and villages share one. A trigger keeps the commune's own here."""

    id: Serial
    commune = belongs_to(Commune)
    postcode = Varchar(length=5, default=None, index=True)

    commune_postcode_once = Unique([commune, postcode])


class Organisation(Table, tablename="organisation"):
    """Who books and pays. `buyer` is what law and VAT see of it."""

    id: Serial
    name = short_text()
    slug = short_text(80, unique=True)
    kind = short_text(30)
    buyer = short_text(20)
    state = short_text(20)
    siret = Varchar(length=14, default=None, null=True, unique=True)
    vat_number = short_text(20, null=True)
    address = short_text(300)
    postcode = short_text(10)
    city = short_text(100)
    commune = belongs_to(Commune, null=True)
    service_code = short_text(100, null=True)  # Chorus Pro: code service exécutant
    chorus_needs = Varchar(length=10, default="none")
    contract_reference = short_text(50, null=True)  # numéro de marché
    billing_moment = Varchar(length=10, default="held")
    early_billing_reason = short_text(400, null=True)  # why a public buyer is invoiced before the service
    online_payment_reason = short_text(400, null=True)  # why a public buyer may pay by card
    payment_days = Integer(default=None, null=True)
    client_account = short_text(20, null=True)
    rna = Varchar(length=10, default=None, null=True)  # an association's number, at the prefecture
    taxable = Boolean(default=None, null=True)  # assujetti (CGI art. 256 A); null: nobody has said
    country = Varchar(length=2, default="FR")  # ISO 3166-1, of the address
    billing_address = Varchar(length=400, default="")  # where invoices go, when it is elsewhere
    vat_abroad = Varchar(length=20, default=None, null=True)  # of a buyer abroad: what the accountant chose
    phone = short_text(30, null=True)
    website = short_text(null=True)
    siret_asked = Varchar(length=14, default=None, null=True)  # said at registration, and another's
    see = belongs_to("self", null=True)  # archived for another: never one that itself points on (a trigger)
    created_at = instant()

    organisation_rna_is_one = Check("rna ~ '^W[0-9A-Z]{9}$'")
    organisation_country_is_a_code = Check("country ~ '^[A-Z]{2}$'")
    organisation_vat_abroad_is_a_choice = Check("vat_abroad in ('as_here', 'reverse_charge', 'outside')")
    organisation_payment_days_are_few = Check("payment_days between 0 and 60")
    organisation_siret_is_fourteen_digits = Check("siret ~ '^[0-9]{14}$'")
    organisation_siret_asked_is_fourteen_digits = Check("siret_asked ~ '^[0-9]{14}$'")
    organisation_see_is_archived = Check("see is null or state = 'archived'")
    organisation_see_is_another = Check("see <> id")


class OrganisationEnding(Table, tablename="organisation_ending"):
    """That an organisation was refused or archived: who did, when, why, with what. What undoes it reads and closes it.

    One at a time is open (index `organisation_ending_open`).
    """

    id: Serial
    organisation = belongs_to(Organisation)
    state = short_text(20)  # what it became
    earlier = short_text(20)
    reason = short_text(400, null=True)
    see = belongs_to(Organisation, null=True)
    siret = Varchar(length=14, default=None, null=True)  # that the other one had not, and has since
    ends_coming = Boolean(default=False)  # what it had confirmed ahead ends too
    ended_at = instant()
    actor_kind = short_text(10)
    actor_id = BigInt(default=None, null=True)
    undone_at = instant(null=True)

    organisation_ending_is_one = Check("state in ('refused', 'archived')")


class Lookalike(Table, tablename="lookalike"):
    """Two organisations that look the same, never of two SIRETs: triggers on organisations and contacts note them.

    `apart_at`: somebody said that they are two, which is remembered.
    """

    id: Serial
    first = belongs_to(Organisation)
    second = belongs_to(Organisation)
    same_name = Boolean(default=False)
    same_address = Boolean(default=False)
    same_mail = Boolean(default=False)
    apart_at = instant(null=True)

    lookalike_once = Unique([first, second])
    lookalike_is_of_two = Check("first < second")


class ChorusService(Table, tablename="chorus_service"):
    """A service of a public buyer, as the Chorus Pro directory names it."""

    id: Serial
    organisation = belongs_to(Organisation)
    code = short_text(100)
    label = short_text()
    engagement_required = Boolean(default=False)
    active = Boolean(default=True)

    chorus_service_once = Unique([organisation, code])


class Contact(Table, tablename="contact"):
    """A person of an organisation. Booking and billing are often two people; who has no mail is called."""

    id: Serial
    organisation = belongs_to(Organisation)
    name = short_text()
    email = short_text(null=True)
    phone = short_text(30, null=True)
    title = short_text(null=True)
    for_booking = Boolean(default=False)
    for_billing = Boolean(default=False)
    locale = short_text(5)
    active = Boolean(default=True)
    created_at = instant()

    contact_is_reachable = Check("email is not null or phone is not null")


class Partner(Table, tablename="partner"):
    """A body that delivers sessions with us, such as Prévention routière."""

    id: Serial
    name = short_text()
    slug = short_text(80, unique=True)
    summary = Text(default=None)
    email = short_text(null=True)
    phone = short_text(30, null=True)
    website = short_text(null=True)
    active = Boolean(default=True)
    address = Varchar(length=300, default="")
    postcode = Varchar(length=10, default="")
    city = Varchar(length=100, default="")
    siret = Varchar(length=14, default=None, null=True, unique=True)
    note = Text(default="")  # for the team alone

    partner_siret_is_fourteen_digits = Check("siret ~ '^[0-9]{14}$'")


class PartnerContact(Table, tablename="partner_contact"):
    """A person of a partner. Whether they come into its space is a role, which an account holds."""

    id: Serial
    partner = belongs_to(Partner)
    name = short_text()
    email = short_text(null=True)
    phone = short_text(30, null=True)
    title = short_text(null=True)
    active = Boolean(default=True)
    created_at = instant()


class Facilitator(Table, tablename="facilitator"):
    """A person who delivers: of the platform's team when `partner` is null. Needs no account."""

    id: Serial
    name = short_text()
    email = short_text()
    phone = short_text(30, null=True)
    partner = belongs_to(Partner, null=True)
    locale = short_text(5)
    active = Boolean(default=True)
    area = Text(default="")  # where they go: communes, or whatever says it, one a line
    rate_unit = short_text(20, null=True)  # what `rate_cents` pays; null: nobody has said
    rate_cents = BigInt(default=None, null=True)
    note = Text(default="")  # for the team alone
    left_on = Date(default=None, null=True)  # the first day on which they deliver nothing any more

    facilitator_rate_unit_is_one = Check("rate_unit in ('volunteer', 'hour', 'half_day', 'session')")
    facilitator_rate_is_whole = Check(
        "(rate_unit is null or rate_unit = 'volunteer') = (rate_cents is null) and rate_cents > 0"
    )


class Unavailability(Table, tablename="unavailability"):
    """Days on which a facilitator is not free, both included. Nobody asks why."""

    id: Serial
    facilitator = belongs_to(Facilitator)
    starts_on = Date(default=None)
    ends_on = Date(default=None)
    archived_at = instant(null=True)
    created_at = instant()

    unavailability_days_are_ordered = Check("ends_on >= starts_on")


class Credential(Table, tablename="credential"):
    """A paper that a facilitator or a partner must hold to deliver: insurance, licence to teach, agreement with us.

    It is renewed by another one, and archived with it. `valid_until` null: it does not expire.
    """

    id: Serial
    facilitator = belongs_to(Facilitator, null=True)
    partner = belongs_to(Partner, null=True)
    kind = short_text(30)
    label = Varchar(length=100, default="")  # what it is called, or for what it is; of the kind without a name: always
    number = Varchar(length=60, default="")
    valid_from = Date(default=None, null=True)
    valid_until = Date(default=None, null=True)  # the last day on which it is valid
    file = belongs_to(File, null=True)
    archived_at = instant(null=True)
    renewed_by = belongs_to("self", null=True)
    created_at = instant()

    credential_is_of_one = Check("num_nonnulls(facilitator, partner) = 1")
    credential_days_are_ordered = Check("valid_until >= valid_from")
    credential_other_is_named = Check("kind <> 'other' or label <> ''")
    credential_renewed_is_archived = Check("renewed_by is null or archived_at is not null")
