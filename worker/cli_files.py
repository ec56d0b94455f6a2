"""What a person hands to the command line as a file; one that cannot be read is one sentence."""

from pathlib import Path
from typing import Any

import yaml

from journeys.errors import InvalidInput, first_line


def read_text(path: Path) -> str:
    """Return the text of a file.

    Raises:
        InvalidInput: it is no text.
    """
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InvalidInput(f"{path} is not text in UTF-8.") from None


def read_mapping(path: Path) -> dict[str, Any]:
    """Return what a YAML file says by name; an empty one says nothing.

    Raises:
        InvalidInput: it is something else.
    """
    try:
        said = yaml.safe_load(read_text(path)) or {}
    except yaml.YAMLError as error:
        raise InvalidInput(f"{path} is not YAML: {first_line(error)}.") from None
    if not isinstance(said, dict):
        raise InvalidInput(f"{path} should say values by name.")
    return said
