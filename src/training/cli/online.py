"""`stripe`: what Stripe told and was not acted upon."""

from __future__ import annotations

import click

from training.cli import setting_up
from training.kernel.actor import SYSTEM
from training.payments.actions import stripe_events


@click.group()
def stripe() -> None:
    """Le paiement en ligne."""


@stripe.command()
def replay() -> None:
    """Reprendre les événements de Stripe restés sans suite (après une panne, par exemple)."""
    done, left = setting_up.run(lambda: stripe_events.replay(SYSTEM))
    for event, why in left:
        click.echo(f"{event} : {why}")
    click.echo(f"{done} repris, {len(left)} en attente." if done or left else "Rien à reprendre.")
    if any(why != stripe_events.WAITING for _event, why in left):
        raise SystemExit(1)
