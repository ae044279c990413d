"""The one Piccolo application: every table of every package, one linear migration history."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

TABLE_ROOMS = (
    "kernel.tables",
    "records.tables",
    "directory.tables",
    "identity.tables",
    "catalogue.tables",
    "scheduling.tables",
    "bookings.tables",
    "attendance.tables",
    "billing.tables.invoices",
    "billing.tables.receivables",
    "billing.tables.transmissions",
    "billing.tables.periods",
    "payments.tables.statements",
    "payments.tables.checkouts",
    "accounting.tables",
    "dunning.tables",
    "calendar.tables",
    "messages.tables",
)

APP_CONFIG = AppConfig(
    app_name="training",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=table_finder(modules=[f"training.{room}" for room in TABLE_ROOMS]),
)
