"""YAML as nodes with places, a typed model, and every problem at once."""

from notifier.config.loading import load
from notifier.config.problems import ConfigError, Problem
from notifier.config.schema import schema
from notifier.config.settings import Config
from notifier.config.trials import load_trials

__all__ = ["Config", "ConfigError", "Problem", "load", "load_trials", "schema"]
