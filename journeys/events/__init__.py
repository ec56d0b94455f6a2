"""What contacts did: ingest, de-duplication, the router's queue and roll-ups."""
