"""Engine, sessions, table base, migrations and the two kinds of time series tables."""
