"""The drawn graph: checks, compiler, plan, versions, files."""
