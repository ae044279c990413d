"""Who a paper is from and who it is for, copied as they are that day."""

from __future__ import annotations

from dataclasses import dataclass

from training.directory.queries import OrganisationView, PlatformView


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Seller (BG-4) or buyer (BG-7). `e_address` is BT-34 or BT-49; empty, the SIREN stands for it, then the mail."""

    name: str
    legal_form: str = ""
    address: tuple[str, ...] = ()  # BT-35, 36, 162
    postcode: str = ""
    city: str = ""
    country: str = "FR"
    siren: str | None = None
    siret: str | None = None
    vat_number: str | None = None
    e_address: str | None = None
    e_address_scheme: str = "0225"  # the French directory (annuaire)
    contact: str = ""
    email: str | None = None
    phone: str = ""
    registration: str = ""  # RNA number of an association
    billing_address: str = ""  # where its invoices go, when that is elsewhere (C. com. art. L441-9)
    training_declaration: str = ""  # NDA number (C. trav. L6351-1)
    training_region: str = ""  # of the prefect who registered it

    @property
    def legal_id(self) -> str | None:
        """SIREN, from the SIRET when it is not given."""
        return self.siren or (self.siret[:9] if self.siret else None)

    @property
    def address_lines(self) -> list[str]:
        """The lines, whether they came apart or in one text."""
        return [part.strip() for text in self.address for part in text.splitlines() if part.strip()]

    @property
    def electronic_address(self) -> tuple[str, str] | None:
        """(EAS scheme, address), or None when nothing could be one."""
        if self.e_address:
            return self.e_address_scheme, self.e_address
        if self.legal_id:
            return "0225", self.legal_id
        return ("EM", self.email) if self.email else None


def seller(platform: PlatformView) -> Party:
    """The platform as documents carry it."""
    return Party(
        name=platform.name,
        legal_form=platform.legal_form,
        address=(platform.address,),
        postcode=platform.postcode,
        city=platform.city,
        siret=platform.siret,
        vat_number=platform.vat_number,
        contact=platform.contact_name,
        email=platform.email,
        phone=platform.phone,
        training_declaration=platform.activity_number or "",
        training_region=platform.training_region or "",
    )


def buyer(organisation: OrganisationView, email: str | None) -> Party:
    """An organisation as documents carry it."""
    return Party(
        name=organisation.name,
        address=(organisation.address,),
        postcode=organisation.postcode,
        city=organisation.city,
        country=organisation.country,
        siret=organisation.siret,
        vat_number=organisation.vat_number,
        registration=organisation.rna or "",
        billing_address=organisation.billing_address,
        email=email,
    )
