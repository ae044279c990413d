"""Who left an organisation left it whole: whatever gave the address a role there, it ends with the contact."""

from training.kernel.raw_sql import sql_migration

ID = "0025"

forwards = sql_migration(
    ID,
    "who left left whole",
    """
    create or replace function contact_leaves() returns trigger language plpgsql as $$
    begin
        perform end_membership(m.id, case when new.active then 'address' else 'contact' end)
        from membership m join account a on a.id = m.account
        where m.organisation = new.organisation
          and (m.contact = new.id and not new.active or lower(a.email) = lower(old.email));
        perform revoke_links(lower(old.email), old.organisation);
        return null;
    end $$
    """,
    """
    create or replace function facilitator_leaves() returns trigger language plpgsql as $$
    begin
        perform end_membership(m.id, case when new.active then 'address' else 'facilitator' end)
        from membership m join account a on a.id = m.account
        where m.facilitator = new.id and (not new.active or lower(a.email) = lower(old.email));
        update invitation set generation = generation + 1 where role = 'facilitator' and email = lower(old.email);
        if not new.active then
            update feed_token set revoked_at = acting_at() where facilitator = new.id and revoked_at is null;
        end if;
        return null;
    end $$
    """,
    # The team's own roles are few among all, and asked for whenever the team is written to.
    """
    create index membership_team on membership (account)
    where num_nonnulls(organisation, partner, facilitator) = 0
    """,
)
