"""Watches a Sencloud PBX's call logs and tells people what they must know."""

__version__ = "26.11.0"
"""Calendar version: year, month, release of the month; read by the build and by `--version`."""
