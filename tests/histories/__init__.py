"""Histories of real runs, replayed against the code of today."""
