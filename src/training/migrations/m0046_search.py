"""What one search finds among everything: a document for each thing, kept by triggers, and the words to mistype."""

from training.kernel.raw_sql import sql_migration

ID = "0046"

# By kind, what its documents are made of: id, when, whether it is over and done with, words, and codes that nobody
# types. `ids` are those to be read. In plpgsql, which binds late: no column is held by what is searched in it.
_DOCUMENTS = {
    "session": """
        select s.id, coalesce(s.starts_at, s.created_at), s.state = 'cancelled',
               concat_ws(' ', o.title, o.theme, o.keywords, g.name, (
                   select string_agg(concat_ws(' ', v.name, c.name, c.postcode), ' ')
                   from slot t join venue_use u on u.slot = t.id join venue v on v.id = u.venue
                   join commune c on c.id = v.commune where t.session = s.id
               ), (
                   select string_agg(b.name, ' ') from booking k join organisation b on b.id = k.organisation
                   where k.session = s.id and booking_may_come(k.state)
               )),
               array(select unnest(day_codes(t.starts_at)) from slot t where t.session = s.id) || '{seance}'
        from session s left join organisation g on g.id = s.organisation join offer o on o.id = s.offer
        where s.id = any(ids)
    """,
    "organisation": """
        select g.id, g.created_at, g.state in ('refused', 'archived'),
               concat_ws(' ', g.name, g.city, g.postcode, g.website),
               phone_words(g.phone) || number_words(g.siret) || number_words(g.rna)
               || number_words(g.vat_number) || '{structure}'
        from organisation g where g.id = any(ids)
    """,
    "contact": """
        select c.id, c.created_at, not c.active, concat_ws(' ', c.name, c.email, c.title, g.name, g.city),
               phone_words(c.phone) || '{contact}'
        from contact c join organisation g on g.id = c.organisation where c.id = any(ids)
    """,
    "participant": """
        select p.id, b.created_at, not booking_may_come(b.state), concat_ws(' ', p.name, p.email, g.name, g.city),
               '{participant}'::text[]
        from participant p join booking b on b.id = p.booking join organisation g on g.id = b.organisation
        where p.id = any(ids)
    """,
    "facilitator": """
        select f.id, to_timestamp(f.id), not f.active, concat_ws(' ', f.name, f.email, f.area, p.name),
               phone_words(f.phone) || '{animation}'
        from facilitator f left join partner p on p.id = f.partner where f.id = any(ids)
    """,
    "booking": """
        select b.id, b.created_at, not booking_may_come(b.state), concat_ws(' ', g.name, g.city, c.name, o.title),
               number_words(b.reference) || number_words(b.purchase_order) || '{reservation}'
               || array(select unnest(day_codes(t.starts_at)) from slot t where t.session = b.session)
        from booking b join organisation g on g.id = b.organisation join contact c on c.id = b.contact
        join session s on s.id = b.session join offer o on o.id = s.offer
        where b.id = any(ids)
    """,
    "invoice": """
        select i.id, i.issued_on::timestamptz, false, concat_ws(' ', g.name, g.city),
               number_words(i.number) || number_words(i.purchase_order)
               || array['#e' || i.gross_cents, '#e' || i.net_cents]
               || case when i.kind = 'credit_note' then '{avoir}' else '{facture}' end
        from invoice i join organisation g on g.id = i.payer where i.id = any(ids) and i.state = 'issued'
    """,
    "venue": """
        select v.id, to_timestamp(v.id), not v.active,
               concat_ws(' ', v.name, v.address, c.name, c.postcode, v.contact_name, v.contact_email),
               phone_words(v.contact_phone) || '{lieu}'
        from venue v join commune c on c.id = v.commune where v.id = any(ids)
    """,
    "offer": """
        select o.id, o.created_at, o.state = 'archived',
               concat_ws(' ', o.title, o.theme, o.summary, o.analytic_code, o.keywords),
               '{offre}'::text[]
        from offer o where o.id = any(ids)
    """,
    "partner": """
        select p.id, to_timestamp(p.id), not p.active, concat_ws(' ', p.name, p.email, p.city, (
                   select string_agg(concat_ws(' ', c.name, c.email), ' ') from partner_contact c
                   where c.partner = p.id and c.active
               )),
               phone_words(p.phone) || number_words(p.siret) || '{partenaire}' || array(
                   select unnest(phone_words(c.phone)) from partner_contact c where c.partner = p.id and c.active
               )
        from partner p where p.id = any(ids)
    """,
}

_SESSIONS_AT = """
    select t.session from slot t join venue_use u on u.slot = t.id join venue v on v.id = u.venue where {}
"""
# By table: what of it is in documents, and the documents that change with it; `n` is its row.
_FOLLOWED = {
    "offer": (
        "title, theme, summary, keywords, analytic_code, state",
        {
            "offer": "n.id",
            "session": "select id from session where offer = n.id",
            "booking": "select b.id from booking b join session s on s.id = b.session where s.offer = n.id",
        },
    ),
    "session": ("offer, organisation, state = 'cancelled'", {"session": "n.id"}),
    "slot": (
        "starts_at",
        {"session": "n.session", "booking": "select id from booking where session = n.session"},
    ),
    "venue_use": ("venue", {"session": "select session from slot where id = n.slot"}),
    "commune": (
        "name, postcode",
        {
            "venue": "select id from venue where commune = n.id",
            "session": _SESSIONS_AT.format("v.commune = n.id"),
        },
    ),
    "venue": (
        "name, address, commune, contact_name, contact_email, contact_phone, active",
        {"venue": "n.id", "session": _SESSIONS_AT.format("v.id = n.id")},
    ),
    "organisation": (
        "name, city, postcode, phone, website, siret, rna, vat_number, state",
        {
            "organisation": "n.id",
            "contact": "select id from contact where organisation = n.id",
            "booking": "select id from booking where organisation = n.id",
            "invoice": "select id from invoice where payer = n.id",
            "session": """
                select session from booking where organisation = n.id
                union select id from session where organisation = n.id
            """,
            "participant": """
                select p.id from participant p join booking b on b.id = p.booking where b.organisation = n.id
            """,
        },
    ),
    "contact": (
        "name, email, phone, title, active",
        {"contact": "n.id", "booking": "select id from booking where contact = n.id"},
    ),
    "booking": (
        "reference, purchase_order, organisation, contact, session, booking_may_come(state)",
        {
            "booking": "n.id",
            "session": "n.session",
            "participant": "select id from participant where booking = n.id",
        },
    ),
    "participant": ("name, email, booking", {"participant": "n.id"}),
    "facilitator": ("name, email, phone, area, partner, active", {"facilitator": "n.id"}),
    "partner": (
        "name, email, phone, city, siret, active",
        {"partner": "n.id", "facilitator": "select id from facilitator where partner = n.id"},
    ),
    "partner_contact": ("name, email, phone, active", {"partner": "n.partner"}),
    "invoice": ("state, payer, number", {"invoice": "n.id"}),
}
_ALONE = frozenset(_DOCUMENTS) - {"booking"}  # when such a row is new, nothing else has to do with it yet


def _document(kind: str, sql: str) -> tuple[str, str]:
    """What writes the documents of a kind, and the index of its words.

    A function of its own for each, so that its plan is kept: a booking would pay for making it anew.
    """
    return (
        f"""
        create function keep_search_{kind}(ids bigint[]) returns void language plpgsql
        set plan_cache_mode = force_generic_plan as $$
        #variable_conflict use_column
        begin
            with found (subject, at, ended, words, codes) as ({sql}),
            kept as (
                insert into search_entry as e (kind, subject, at, ended, lexemes)
                select '{kind}', subject, at, ended, search_lexemes(words, codes) from found order by subject
                on conflict (kind, subject) do update
                set at = excluded.at, ended = excluded.ended, lexemes = excluded.lexemes
                where (e.at, e.ended, e.lexemes) is distinct from (excluded.at, excluded.ended, excluded.lexemes)
                returning lexemes
            ), words (w) as (select distinct unnest(tsvector_to_array(lexemes)) from kept)
            insert into search_word (word) select w from words
            where length(w) > 2 and w !~ '[0-9#]' and not exists (select from search_word where word = w);
        end $$
        """,
        f"create index search_entry_{kind} on search_entry using gin (lexemes) where kind = '{kind}'",
    )


def _whole(watched: str, row: str) -> str:
    """The watched columns of a row: `state = 'cancelled'` of `old` is `old.state = 'cancelled'`."""
    parts = (part.strip() for part in watched.split(", "))
    return ", ".join(part.replace("(", f"({row}.") if "(" in part else f"{row}.{part}" for part in parts)


def _keeping(kind: str, ids: str) -> str:
    array = f"array[{ids}]" if ids.startswith("n.") else f"array({ids})"
    return f"perform keep_search_{kind}({array});"


def _following(table: str, watched: str, kinds: dict[str, str]) -> tuple[str, ...]:
    """A table's triggers: for a row that is new, for one that changed, for one that goes."""
    new = {kind: ids for kind, ids in kinds.items() if kind == table or (table not in _ALONE and ids.startswith("n."))}
    if table in ("slot", "venue_use"):
        new = kinds

    def function(name: str, of: dict[str, str]) -> str:
        return f"""
        create function search_{name}_{table}() returns trigger language plpgsql as $$
        declare n {table} := coalesce(new, old);
        begin {" ".join(_keeping(kind, ids) for kind, ids in of.items())} return null; end $$
        """

    changed = f"({_whole(watched, 'old')}) is distinct from ({_whole(watched, 'new')})"
    statements = [
        function("changed", kinds),
        f"""
        create trigger search_changed after update on {table} for each row when ({changed})
        execute function search_changed_{table}()
        """,
    ]
    if new:
        statements += [
            function("new", new),
            f"create trigger search_new after insert on {table} for each row execute function search_new_{table}()",
        ]
    going = f"search_new_{table}()" if table in ("slot", "venue_use") else f"forget_search('{table}')"
    if table in _DOCUMENTS or table in ("slot", "venue_use"):
        statements.append(f"create trigger search_gone after delete on {table} for each row execute function {going}")
    return tuple(statements)


forwards = sql_migration(
    ID,
    "one search among everything",
    """
    create table search_entry (
        id bigint generated by default as identity primary key,
        kind varchar(20) not null,
        subject bigint not null,
        at timestamptz not null,
        ended boolean not null,
        lexemes tsvector not null,
        constraint search_entry_once unique (kind, subject)
    )
    """,
    # By its words a document is found by their index, whatever PostgreSQL would think of how many have them.
    "alter table search_entry alter column lexemes set statistics 0",
    "create index search_entry_at on search_entry (kind, at)",
    """
    create table search_word (
        id bigint generated by default as identity primary key,
        word varchar(60) not null
    )
    """,
    # The words of a text: as `kernel.search_terms` cuts what is typed.
    r"""
    create function search_words(text) returns text[] language sql immutable parallel safe
    return string_to_array(
        translate(fold($1), '-_.,;:/\()<>[]{}=|"''`^~$%&+@#*!?', repeat(' ', 32)), ' '
    )
    """,
    # Of a number of ours or of somebody's: its parts, those without their zeros, all in one piece, its digits alone.
    """
    create function number_words(text) returns text[] language sql immutable parallel safe
    return array(
        select m[1] from regexp_matches(fold($1), '([a-z0-9]+)', 'g') m
        union all select m[1] from regexp_matches(fold($1), '([a-z]+|[0-9]+)', 'g') m
        union all select ltrim(m[1], '0') from regexp_matches($1, '([0-9]+)', 'g') m
        union all select regexp_replace(fold($1), '[^a-z0-9]+', '', 'g')
        union all select regexp_replace($1, '[^0-9]+', '', 'g')
    )
    """,
    # As it is dialled in France, however it was written: 02…, +33 2…, 0033 (0)2….
    """
    create function phone_words(text) returns text[] language sql immutable parallel safe
    return array[regexp_replace(
        regexp_replace(coalesce($1, ''), '[^0-9]+', '', 'g'), '^(?:00)?33(?:0)?([1-9][0-9]{8})$', '0\\1'
    )]
    """,
    # What « mardi », « mars », « 9 mars », « 9 mars 2027 », « mardi 9 », « mars 2027 » ask for.
    """
    create function day_codes(timestamptz) returns text[] language sql stable parallel safe
    return (
        select array[
            to_char(d, '"#w"ID'), to_char(d, '"#m"MM'), to_char(d, '"#d"MMDD'), to_char(d, '"#d"YYYYMMDD'),
            to_char(d, '"#w"ID.DD'), to_char(d, '"#m"YYYY.MM'), to_char(d, 'YYYY')
        ] from (select $1 at time zone 'Europe/Paris' as d) local
    )
    """,
    """
    create function search_lexemes(words text, codes text[]) returns tsvector language sql immutable parallel safe
    return array_to_tsvector(array(
        select distinct left(w, 60) from unnest(search_words(words) || codes) w where w <> ''
    ))
    """,
    # A word, and what is left of it without one of its letters: two words of which one has a letter too many, too few,
    # another, or two the wrong way round have one of these in common.
    """
    create function one_less(text) returns text[] language sql immutable parallel safe
    return array(select distinct substr($1, 1, n - 1) || substr($1, n + 1) from generate_series(1, length($1)) n) || $1
    """,
    """create index search_word_begins on search_word (word collate "C")""",
    "create index search_word_near on search_word using gin (one_less(word), word gin_trgm_ops)",
    # What somebody may have meant: two slips of a long word leave enough of its trigrams.
    """
    create function near_words(typed text) returns setof text language plpgsql stable parallel safe
    set pg_trgm.similarity_threshold = 0.2 as $$ begin
        return query (select word::text from search_word where one_less(word) && one_less(typed) limit 50)
        union (select word::text from search_word where length(typed) > 5 and word % typed
               order by similarity(word, typed) desc limit 50);
    end $$
    """,
    # Words of names and titles alone can be mistyped: of numbers there are as many as of things. None is there twice,
    # but nobody waits for somebody else to have written the same one.
    *(statement for kind, sql in _DOCUMENTS.items() for statement in _document(kind, sql)),
    """
    create function forget_search() returns trigger language plpgsql as $$
    begin
        delete from search_entry where kind = tg_argv[0] and subject = old.id;
        return null;
    end $$
    """,
    *(statement for table, (watched, kinds) in _FOLLOWED.items() for statement in _following(table, watched, kinds)),
    # All anew: of what was there before, and of what came while no trigger saw it.
    f"""
    create function renew_search() returns void language plpgsql as $$
    begin
        delete from search_entry;
        delete from search_word;
        {" ".join(f"perform keep_search_{kind}(array(select id from {kind}));" for kind in _DOCUMENTS)}
    end $$
    """,
    "select renew_search()",
    "analyze search_entry, search_word",
)
