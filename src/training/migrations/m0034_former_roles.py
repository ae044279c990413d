"""Lists of who had access, the last first; the links to invoices of somebody who may see none any more."""

from training.kernel.raw_sql import sql_migration

ID = "0034"

forwards = sql_migration(
    ID,
    "lists of roles that ended",
    "drop index former_membership_organisation",
    "create index former_membership_organisation on former_membership (organisation, id)",
    """
    create index former_membership_team on former_membership (id)
    where num_nonnulls(organisation, partner, facilitator) = 0
    """,
    # Who keeps a role that sees no invoice keeps answering about dates.
    """
    create function revoke_invoice_links(address text, of_organisation bigint) returns void language sql as $$
        update invoice i set generation = i.generation + 1 from (
            select m.subject_id as id from mail m
            where m.organisation = of_organisation and lower(m.to_email) = address and m.subject_kind = 'invoice'
            union
            select r.invoice from mail m
            join settlement s on s.payment = m.subject_id join receivable r on r.id = s.receivable
            where m.organisation = of_organisation and lower(m.to_email) = address and m.subject_kind = 'payment'
        ) told where told.id = i.id;
    $$
    """,
    """
    create or replace function revoke_links(address text, of_organisation bigint) returns void language sql as $$
        select revoke_invoice_links(address, of_organisation);
        update invitation n set generation = n.generation + 1
        from slot t join booking b on b.session = t.session
        where b.organisation = of_organisation and n.slot = t.id and n.role = 'contact' and n.email = address;
    $$
    """,
)
