"""The rule language, with a SQL and a Python evaluator."""
