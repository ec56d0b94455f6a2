"""Prints the description of the API: `python -m api.openapi > frontend/openapi.json`."""

import json
import sys

from api.main import create_app
from journeys.settings import Settings


def main() -> None:
    """Write the OpenAPI document to standard output."""
    document = create_app(Settings()).openapi()
    document["info"]["version"] = "0"  # so that a release alone does not change the generated client
    json.dump(document, sys.stdout, indent=1, sort_keys=False)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
