"""What every other package stands on: settings, database, outbox, clock, money, rendering."""
