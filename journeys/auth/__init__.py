"""Workspaces, people, sessions and keys."""
