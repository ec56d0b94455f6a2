"""Entry, moves, waits, exits and goals of contacts in journeys."""
