"""Counts and metrics."""
