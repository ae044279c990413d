"""What a thing is called is told apart from what is said of it; a word that nothing has any more can be forgotten."""

from training.kernel.raw_sql import sql_migration

ID = "0053"

# When it takes place is read from the slots: their triggers come before the one that tells the session.
# By kind: id, when, whether it is over and done with; what it is called, in words and numbers; the other words; codes
# that nobody types. As in migration 0046, whose triggers call these functions.
# What people say for an organisation of a kind, whatever its name says: « la mairie de Sées » is the commune.
_KINDS = """
    case g.kind when 'commune' then 'mairie commune ville' when 'departement' then 'departement conseil departemental'
    when 'association' then 'association' when 'company' then 'entreprise' when 'school' then 'ecole'
    when 'person' then 'particulier' end
"""
_DOCUMENTS = {
    "session": """
        select s.id, coalesce((select min(starts_at) from slot where session = s.id), s.created_at),
               s.state = 'cancelled',
               concat_ws(' ', o.title, (
                   select string_agg(concat_ws(' ', c.name, c.postcode), ' ')
                   from slot t join venue_use u on u.slot = t.id join venue v on v.id = u.venue
                   join commune c on c.id = v.commune where t.session = s.id
               )),
               '{seance,session}'::text[],
               concat_ws(' ', o.theme, o.keywords, g.name, (
                   select string_agg(v.name, ' ') from slot t join venue_use u on u.slot = t.id
                   join venue v on v.id = u.venue where t.session = s.id
               ), (
                   select string_agg(b.name, ' ') from booking k join organisation b on b.id = k.organisation
                   where k.session = s.id and booking_may_come(k.state)
               )),
               array(select unnest(day_codes(t.starts_at)) from slot t where t.session = s.id)
        from session s left join organisation g on g.id = s.organisation join offer o on o.id = s.offer
        where s.id = any(ids)
    """,
    "organisation": f"""
        select g.id, g.created_at, g.state in ('refused', 'archived'), concat_ws(' ', g.name, {_KINDS}),
               phone_endings(g.phone) || number_words(g.siret) || number_words(g.rna)
               || number_words(g.vat_number) || '{{structure}}',
               concat_ws(' ', g.city, g.postcode, g.website, initials(g.name)), '{{}}'::text[]
        from organisation g where g.id = any(ids)
    """,
    "contact": f"""
        select c.id, c.created_at, not c.active, concat_ws(' ', c.name, c.email),
               phone_endings(c.phone) || '{{contact}}',
               concat_ws(' ', c.title, g.name, g.city, initials(g.name), {_KINDS}), '{{}}'::text[]
        from contact c join organisation g on g.id = c.organisation where c.id = any(ids)
    """,
    "participant": """
        select p.id, coalesce((select min(starts_at) from slot where session = b.session), b.created_at),
               not booking_may_come(b.state), concat_ws(' ', p.name, p.email),
               '{participant}'::text[], concat_ws(' ', g.name, g.city), '{}'::text[]
        from participant p join booking b on b.id = p.booking join organisation g on g.id = b.organisation
        where p.id = any(ids)
    """,
    "facilitator": """
        select f.id, to_timestamp(f.id), not f.active, concat_ws(' ', f.name, f.email),
               phone_endings(f.phone) || '{animation}', concat_ws(' ', f.area, p.name), '{}'::text[]
        from facilitator f left join partner p on p.id = f.partner where f.id = any(ids)
    """,
    "booking": f"""
        select b.id, coalesce((select min(starts_at) from slot where session = b.session), b.created_at),
               not booking_may_come(b.state), g.name,
               number_words(b.reference) || number_words(b.purchase_order) || '{{reservation}}',
               concat_ws(' ', g.city, c.name, o.title, {_KINDS}),
               array(select unnest(day_codes(t.starts_at)) from slot t where t.session = b.session)
        from booking b join organisation g on g.id = b.organisation join contact c on c.id = b.contact
        join session s on s.id = b.session join offer o on o.id = s.offer
        where b.id = any(ids)
    """,
    "invoice": f"""
        select i.id, i.issued_on::timestamptz, false, g.name,
               number_words(i.number) || number_words(i.purchase_order)
               || array[case when i.kind = 'credit_note' then 'avoir' else 'facture' end],
               concat_ws(' ', g.city, {_KINDS}), array['#e' || i.gross_cents, '#e' || i.net_cents]
        from invoice i join organisation g on g.id = i.payer where i.id = any(ids) and i.state = 'issued'
    """,
    "venue": """
        select v.id, to_timestamp(v.id), not v.active, concat_ws(' ', v.name, c.name, c.postcode),
               phone_endings(v.contact_phone) || '{lieu}',
               concat_ws(' ', v.address, v.contact_name, v.contact_email), '{}'::text[]
        from venue v join commune c on c.id = v.commune where v.id = any(ids)
    """,
    "offer": """
        select o.id, o.created_at, o.state = 'archived', concat_ws(' ', o.title, o.analytic_code), '{offre}'::text[],
               concat_ws(' ', o.theme, o.summary, o.keywords), '{}'::text[]
        from offer o where o.id = any(ids)
    """,
    "partner": """
        select p.id, to_timestamp(p.id), not p.active, p.name,
               phone_endings(p.phone) || number_words(p.siret) || '{partenaire}',
               concat_ws(' ', p.email, p.city, initials(p.name), (
                   select string_agg(concat_ws(' ', c.name, c.email), ' ') from partner_contact c
                   where c.partner = p.id and c.active
               )),
               array(select unnest(phone_endings(c.phone)) from partner_contact c where c.partner = p.id and c.active)
        from partner p where p.id = any(ids)
    """,
}


def _row_of(organisation: str) -> str:
    """What documents have of it: its kind, since this migration."""
    columns = ("name", "kind", "city", "postcode", "phone", "website", "siret", "rna", "vat_number", "state")
    return f"({', '.join(f'{organisation}.{column}' for column in columns)})"


def _document(kind: str, sql: str) -> str:
    return f"""
        create or replace function keep_search_{kind}(ids bigint[]) returns void language plpgsql
        set plan_cache_mode = force_generic_plan as $$
        #variable_conflict use_column
        begin
            with found (subject, at, ended, called, numbers, words, codes) as ({sql}),
            kept as (
                insert into search_entry as e (kind, subject, at, ended, lexemes)
                select '{kind}', subject, at, ended,
                       search_document(called, numbers, words, codes || time_codes(found.at))
                from found order by subject
                on conflict (kind, subject) do update
                set at = excluded.at, ended = excluded.ended, lexemes = excluded.lexemes
                where (e.at, e.ended, e.lexemes) is distinct from (excluded.at, excluded.ended, excluded.lexemes)
                returning lexemes
            ), words (w) as (select distinct unnest(tsvector_to_array(lexemes)) from kept)
            insert into search_word (word) select w from words
            where length(w) > 2 and w !~ '[0-9#=]' and not exists (select from search_word where word = w);
        end $$
    """


# A statement for each kind, whose index and whose plan it has. `ts_match_vq` is `@@`, but that no index is asked.
_FOUND = " ".join(
    f"""
    when '{kind}' then return query
        select e.subject, e.at, e.ended, e.lexemes from search_entry e
        where e.kind = '{kind}' and e.lexemes @@ asked and (read is null or ts_match_vq(e.lexemes, read))
        and (before is null or not ts_match_vq(e.lexemes, before)) limit most - n;
    """
    for kind in _DOCUMENTS
)

# No document has the word: an index has the words of a kind, so each kind is asked.
_LONE = " and ".join(
    f"not exists (select from search_entry where kind = '{kind}' and lexemes @@ quote_literal(word)::tsquery)"
    for kind in _DOCUMENTS
)

forwards = sql_migration(
    ID,
    "what a thing is called, told apart; words forgotten",
    # When, for those around now to be found before others.
    """
    create function time_codes(timestamptz) returns text[] language sql stable parallel safe
    return array[
        to_char($1 at time zone 'UTC', '"#a"YYYY'), to_char($1 at time zone 'UTC', '"#a"YYYY.MM')
    ]
    """,
    # « 91 00 21 », of 02 61 91 00 21, is what one remembers of it.
    """
    create function phone_endings(text) returns text[] language sql immutable parallel safe
    return (
        select case when length(n[1]) = 10 then n || array[right(n[1], 8), right(n[1], 6), right(n[1], 4)] else n end
        from phone_words($1) n
    )
    """,
    # « CCAS » of a long name, without its small words.
    """
    create function initials(text) returns text language sql immutable parallel safe
    return (
        select case when count(*) > 2 then string_agg(left(w, 1), '' order by n) end
        from unnest(search_words($1)) with ordinality t (w, n)
        where w <> '' and w <> all ('{a,au,aux,d,de,des,du,en,et,l,la,le,les,of,sur,the}')
    )
    """,
    # « auto-école » is what « autoécole » means too.
    """
    create function joined_words(text) returns text[] language sql immutable parallel safe
    return array(select replace(m[1], '-', '') from regexp_matches(fold($1), '([a-z]+(?:-[a-z]+)+)', 'g') m)
    """,
    # What somebody may have meant; of a long word, what begins as it does too: « covoiturage », « covoiturer ».
    """
    create or replace function near_words(typed text) returns setof text language plpgsql stable parallel safe
    set pg_trgm.similarity_threshold = 0.2 as $$ begin
        return query (select word::text from search_word where one_less(word) && one_less(typed) limit 50)
        union (select word::text from search_word where length(typed) > 5 and word % typed
               order by similarity(word, typed) desc limit 50)
        union (select word::text from search_word where length(typed) > 8
               and word collate "C" > left(typed, -3) and word collate "C" < left(typed, -3) || chr(1114111) limit 50);
    end $$
    """,
    # What it is called is there twice: « dupont » as any word, « =dupont » as a name. Nobody types « = »: a space.
    """
    create function search_document(called text, numbers text[], words text, codes text[]) returns tsvector
    language sql immutable parallel safe
    return (
        select array_to_tsvector(array(
            select left(w, 60) from unnest(
                name || search_words(words) || case when words like '%-%' then joined_words(words) end || codes
            ) w where w <> ''
            union all
            select '=' || left(w, 60) from unnest(name) w where w <> ''
        )) from (
            select search_words(called) || numbers || case when called like '%-%' then joined_words(called) end
            offset 0
        ) named (name)
    )
    """,
    *(_document(kind, sql) for kind, sql in _DOCUMENTS.items()),
    "drop function search_lexemes(text, text[])",
    "drop trigger search_changed on organisation",
    f"""
    create trigger search_changed after update on organisation for each row
    when ({_row_of("old")} is distinct from {_row_of("new")}) execute function search_changed_organisation()
    """,
    # Who comes is found by when it is: a slot that moves takes them along.
    *(
        f"""
        create or replace function {function}_slot() returns trigger language plpgsql as $$
        declare n slot := coalesce(new, old);
        begin
            perform keep_search_session(array[n.session]);
            perform keep_search_booking(array(select id from booking where session = n.session));
            perform keep_search_participant(array(
                select p.id from participant p join booking b on b.id = p.booking where b.session = n.session
            ));
            return null;
        end $$
        """
        for function in ("search_changed", "search_new")
    ),
    # What answers `looked` by the index of a kind and `read` in its row, at most so many: of the first of some times,
    # then, while they are not enough, of the next, and of any.
    f"""
    create function search_found(
        kind text, looked tsquery, read tsquery, times tsquery[], enough int, most int
    ) returns table (subject bigint, at timestamptz, ended boolean, lexemes tsvector) language plpgsql stable
    set plan_cache_mode = force_generic_plan as $$
    #variable_conflict use_variable
    declare n int := 0; more int; asked tsquery; before tsquery; during tsquery;
    begin
        foreach during in array times || null::tsquery loop
            asked := coalesce(looked && during, looked);
            case kind {_FOUND} end case;
            get diagnostics more = row_count;
            n := n + more;
            exit when n >= enough;
            before := during;
        end loop;
    end $$
    """,
    # Whoever writes a document holds `search_word` until its end: after the lock nobody's word is on its way. Others
    # do not wait behind one who takes long: what is forgotten tomorrow is forgotten soon enough.
    f"""
    create function forget_search_words() returns void language plpgsql set lock_timeout = '3s' as $$
    declare lone bigint[];
    begin
        lone := array(select id from search_word where {_LONE});
        if lone <> '{{}}' then
            lock table search_word in share row exclusive mode;
            delete from search_word where id = any(lone) and {_LONE};
        end if;
    exception when lock_not_available then null;
    end $$
    """,
    "select renew_search()",
    "analyze search_entry, search_word",
)
