"""The whole product, in its real processes."""
