"""How often the router tries what fails, and how long it waits in between: a quarter of an hour in all."""

from datetime import timedelta

LAST_ATTEMPT = 6
FIRST_DELAY = timedelta(seconds=30)
"""How long something is put off that failed once; twice as long each further time."""
