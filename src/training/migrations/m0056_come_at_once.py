"""Thousands of organisations that come at once are compared in one statement, planned for what there is by then."""

from training.kernel.raw_sql import sql_migration

ID = "0056"

forwards = sql_migration(
    ID,
    "organisations and people that come at once are compared at once",
    "drop trigger organisation_looks on organisation",
    "drop trigger contact_looks on contact",
    "drop function organisation_looks()",
    "drop function contact_looks()",
    "drop function note_lookalikes(bigint)",
    # A key is dear: an index that has it is better than any order in which rows would be read to make it.
    "alter function name_key(text) cost 5000",
    "drop index organisation_name_key",
    "create index organisation_name_key on organisation (left(postcode, 2), name_key(name), id)",
    "drop index organisation_address_key",
    "create index organisation_address_key on organisation (postcode, spaced(address), id) where address <> ''",
    # `search_word_begins` orders by octets: equality is another collation's, and read the whole of it.
    "create index search_word_is on search_word (word)",
    # `execute`: a plan that was kept since the tables were small read all of them for each row.
    """
    create function note_lookalikes(which bigint[]) returns void language plpgsql as $$
    begin
        execute 'delete from lookalike where first = any($1) and apart_at is null' using which;
        execute 'delete from lookalike where second = any($1) and apart_at is null' using which;
        execute $said$
            with one as materialized (
                select id, siret, postcode, left(postcode, 2) as area, name_key(name) as called,
                       spaced(address) as place
                from organisation where id = any($1) and organisation_current(state)
            )
            insert into lookalike (first, second, same_name, same_address, same_mail)
            select least(one.id, alike.id), greatest(one.id, alike.id),
                   bool_or(why = 'name'), bool_or(why = 'address'), bool_or(why = 'mail')
            from one cross join lateral (
                (select o.id, o.siret, 'name' as why from organisation o
                 where left(o.postcode, 2) = one.area and name_key(o.name) = one.called
                   and o.id <> one.id and organisation_current(o.state)
                 order by o.id desc limit 5)
                union all
                (select near.id, near.siret, 'name' from (
                     select o.id, o.name, o.siret from organisation o
                     where o.postcode = one.postcode and o.id <> one.id and organisation_current(o.state)
                     order by name_key(o.name) <-> one.called limit 5
                 ) near where similarity(name_key(near.name), one.called) >= 0.45)
                union all
                (select o.id, o.siret, 'address' from organisation o
                 where o.postcode = one.postcode and o.address <> '' and spaced(o.address) = one.place
                   and o.id <> one.id and organisation_current(o.state)
                 order by o.id desc limit 5)
                union all
                (select o.id, o.siret, 'mail' from contact mine cross join lateral (
                     select c.organisation from contact c
                     where lower(c.email) = lower(mine.email) and c.active and c.organisation <> one.id limit 50
                 ) c join organisation o on o.id = c.organisation
                 where mine.organisation = one.id and mine.active and organisation_current(o.state)
                 order by o.id desc limit 5)
            ) alike
            where one.siret is null or coalesce(alike.siret, one.siret) = one.siret
            group by 1, 2
            on conflict (first, second) do update
            set same_name = excluded.same_name, same_address = excluded.same_address, same_mail = excluded.same_mail
        $said$ using which;
    end $$
    """,
    """
    create function organisations_come() returns trigger language plpgsql as $$
    begin
        perform note_lookalikes(array(select id from fresh));
        return null;
    end $$
    """,
    """
    create function organisation_looks() returns trigger language plpgsql as $$
    begin
        perform note_lookalikes(array[new.id]);
        return null;
    end $$
    """,
    """
    create trigger organisations_come after insert on organisation
    referencing new table as fresh for each statement
    execute function organisations_come()
    """,
    """
    create trigger organisation_looks after update of name, address, postcode, siret, state on organisation
    for each row
    execute function organisation_looks()
    """,
    """
    create function contacts_come() returns trigger language plpgsql as $$
    begin
        perform note_lookalikes(array(
            select distinct f.organisation from fresh f
            where f.active and exists (
                select from contact c
                where lower(c.email) = lower(f.email) and c.active and c.organisation <> f.organisation
            )
        ));
        return null;
    end $$
    """,
    """
    create function contact_looks() returns trigger language plpgsql as $$
    begin
        perform note_lookalikes(array[new.organisation]);
        return null;
    end $$
    """,
    """
    create trigger contacts_come after insert on contact
    referencing new table as fresh for each statement
    execute function contacts_come()
    """,
    """
    create trigger contact_looks after update of email, active on contact
    for each row
    execute function contact_looks()
    """,
    # What is searched in them is written for all of them at once, too.
    *(
        statement
        for table in ("organisation", "contact")
        for statement in (
            f"drop trigger search_new on {table}",
            f"""
            create or replace function search_new_{table}() returns trigger language plpgsql as $$
            begin
                perform keep_search_{table}(array(select id from fresh));
                return null;
            end $$
            """,
            f"""
            create trigger search_new after insert on {table} referencing new table as fresh for each statement
            execute function search_new_{table}()
            """,
        )
    ),
)
