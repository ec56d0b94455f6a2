"""What runs in Temporal: only order and time."""
