"""The built-in provider: mails stay here as files, to be read in the app."""
