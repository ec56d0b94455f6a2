"""People we may message: profile, identities, consent, suppression, import."""
