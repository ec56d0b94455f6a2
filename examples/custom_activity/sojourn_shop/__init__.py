"""Activities of a shop."""
