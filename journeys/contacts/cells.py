"""Cells of the files that people open in a spreadsheet."""

import re

_FORMULA = re.compile(r"[=@\t\r]|[+-](?![\d\s.,()/-]*$)")
"""A sign begins a formula too, unless what follows is a number, or a telephone number."""


def inert(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell
