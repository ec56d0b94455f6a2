"""The domain: every rule, table and query; imports no other top-level folder."""
