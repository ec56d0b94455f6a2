"""The local servers behind `make up`: Postgres, Valkey and Temporal from wheels, started as our own children."""

from worker.embedded.stack import EmbeddedStack, Part

__all__ = ["EmbeddedStack", "Part"]
