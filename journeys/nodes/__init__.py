"""The palette: one file per node kind."""
