"""What makes a bank's movement known again, whatever its file was written in; our own account is nobody else's."""

from training.kernel.raw_sql import sql_migration

ID = "0027"

forwards = sql_migration(
    ID,
    "movements known again",
    """
    alter table bank_line
        add column bank_ids text[] not null default '{}',
        add column resembles bigint references bank_line (id) on delete restrict on update restrict
    """,
    "create index bank_line_resembles on bank_line (resembles)",
    "create index bank_line_booked on bank_line (booked_on, id)",
    "alter table bank_statement add column titled boolean not null default true",
    "alter table csv_mapping add column knows_status boolean not null default false",
    """
    update bank_line l set payer_iban = '' from bank_statement s
    where s.id = l.statement and l.payer_iban <> '' and (
        l.payer_iban = upper(replace(s.account, ' ', ''))
        or l.payer_iban in (select upper(replace(iban, ' ', '')) from platform where iban is not null)
    )
    """,
)
