"""The one Piccolo application: every table of every package, one linear migration history."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

PACKAGES = (
    "kernel",
    "records",
    "directory",
    "identity",
    "catalogue",
    "scheduling",
    "bookings",
    "attendance",
    "billing",
    "calendar",
    "messages",
)

APP_CONFIG = AppConfig(
    app_name="training",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=table_finder(modules=[f"training.{package}.tables" for package in PACKAGES]),
)
