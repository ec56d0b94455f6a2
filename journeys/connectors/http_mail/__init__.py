"""A mail gateway reached over HTTP, many mails in one request."""
