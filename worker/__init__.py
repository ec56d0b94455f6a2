"""The processes: worker, router, supervisor, embedded servers and the command line."""
