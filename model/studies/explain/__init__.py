"""Why the best plan is what it is."""
