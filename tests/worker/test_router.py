"""How long the router lets events gather before it looks again."""

import pytest

from journeys.enrollments.routing import Routed
from worker.router import windows_to_gather


@pytest.mark.parametrize(
    ("taken", "moved", "windows"),
    [(0, 0, 0), (20, 0, 0), (21, 0, 1), (1, 1, 1), (100, 100, 1), (101, 101, 2), (2_000, 5, 1)],
)
def test_the_more_contacts_a_window_moves_the_longer_the_next_one_gathers(taken: int, moved: int, windows: int) -> None:
    assert windows_to_gather(Routed(taken, moved)) == windows
