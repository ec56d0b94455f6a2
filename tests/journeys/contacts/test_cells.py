"""Cells of the files that people open in a spreadsheet."""

import pytest

from journeys.contacts.cells import inert


@pytest.mark.parametrize("cell", ["=1", "@SUM(A1)", "+1+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "\t=1", "+=1"])
def test_what_a_spreadsheet_would_run_is_quoted(cell: str) -> None:
    assert inert(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["+49 (30) 123-45", "-12.5", "anna@example.com", ""])
def test_numbers_and_words_stay_as_they_are(cell: str) -> None:
    assert inert(cell) == cell
