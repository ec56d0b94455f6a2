"""Named rules over contacts, and who matches them now."""
