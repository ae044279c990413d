"""Where Piccolo finds the engine and the one application (`PICCOLO_CONF` names this module)."""

from piccolo.conf.apps import AppRegistry

from training.kernel.db import DB

__all__ = ["APP_REGISTRY", "DB"]

APP_REGISTRY = AppRegistry(apps=["training.piccolo_app"])
