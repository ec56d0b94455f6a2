"""What mail clients and readers call: opens, clicks, unsubscribing, the mail as a page."""
