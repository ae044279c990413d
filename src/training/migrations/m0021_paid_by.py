"""An attempt to pay online names the payment that it became: the link pointed upward, from billing to payments."""

from training.kernel.raw_sql import sql_migration

ID = "0021"

forwards = sql_migration(
    ID,
    "checkout names its payment",
    "alter table checkout add column payment bigint constraint checkout_payment_once unique references payment (id)",
    "update checkout c set payment = p.id from payment p where p.checkout = c.id",
    "alter table payment drop constraint payment_checkout_fkey",
    # One attempt becomes one payment; it never becomes another.
    """
    create trigger paid_once before update of payment on checkout for each row
    when (old.payment is not null and new.payment is distinct from old.payment) execute function refuse_change()
    """,
    # `payment.checkout` goes with the release after this one (docs/decisions/0018). Until then both columns say the
    # same, whichever release writes: 0.1.0 writes the old one, and reads it.
    """
    create function checkout_of_payment() returns trigger language plpgsql as $$
    begin
        update checkout set payment = new.id where id = new.checkout;
        return null;
    end $$
    """,
    """
    create trigger linked_the_old_way after insert on payment for each row
    when (new.checkout is not null) execute function checkout_of_payment()
    """,
    """
    create function payment_of_checkout() returns trigger language plpgsql as $$
    begin
        update payment set checkout = new.id where id = new.payment and checkout is distinct from new.id;
        return null;
    end $$
    """,
    """
    create trigger linked_the_new_way after update of payment on checkout for each row
    when (new.payment is not null) execute function payment_of_checkout()
    """,
)
