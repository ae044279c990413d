"""What an address was told of a date, in what language and from whom; links to sessions that are not for everybody."""

from training.kernel.raw_sql import sql_migration

ID = "0028"

forwards = sql_migration(
    ID,
    "what an address was told",
    # null, for the release before this one does not know these columns
    """
    alter table invitation
        add column told_title varchar(500),
        add column told_access text,
        add column told_seats integer,
        add column organizer varchar(200),
        add column locale varchar(5)
    """,
    "alter table session add column generation integer not null default 0",
    # Whatever is now was told already, or is a minute from being told.
    """
    update invitation i set
        organizer = (select email from platform order by id limit 1),
        locale = coalesce(
            (select locale from facilitator where lower(email) = i.email order by active desc, id desc limit 1),
            (select locale from contact where lower(email) = i.email order by active desc, id desc limit 1)
        ),
        told_title = left(
            o.title || case when d.dates > 1 then format(' (%s/%s)', t.position, d.dates) else '' end, 500
        ),
        told_access = coalesce(v.access, '')
    from slot t
    join session s on s.id = t.session
    join offer o on o.id = s.offer
    cross join lateral (select count(*) as dates from slot where session = s.id) d
    left join venue_use u on u.slot = t.id
    left join venue v on v.id = u.venue
    where t.id = i.slot
    """,
)
