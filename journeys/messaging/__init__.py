"""Messages: templates and their rendering, links, addresses, and the policy of who may be sent what."""
