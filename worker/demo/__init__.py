"""A real-looking shop to try Sojourn on: people, products, and what the people do."""
