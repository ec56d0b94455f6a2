"""What talks to the outside: one small protocol per capability, one folder per vendor."""
