"""What sockets are told."""
