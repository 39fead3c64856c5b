"""The composition root: the only place that knows every room."""

from notifier.app.building import build
from notifier.app.opening import Ways
from notifier.app.running import App

__all__ = ["App", "Ways", "build"]
