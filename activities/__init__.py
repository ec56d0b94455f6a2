"""Thin effects: open a transaction, call the domain, translate errors."""
