"""What mails and their pages may say of a workspace, and how its colour is written on."""

import pytest

from journeys.messaging.brand import ink_on


@pytest.mark.parametrize(
    ("color", "ink"),
    [
        ("#000000", "#ffffff"),
        ("#ffffff", "#000000"),
        ("#0f6674", "#ffffff"),
        ("#FFD400", "#000000"),
        ("#767676", "#000000"),  # 4.62 : 1 against 4.54 : 1
        ("#757575", "#ffffff"),  # 4.56 : 1 against 4.61 : 1
    ],
)
def test_what_is_written_on_a_colour_can_be_read(color: str, ink: str) -> None:
    assert ink_on(color) == ink
