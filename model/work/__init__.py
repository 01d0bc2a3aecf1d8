"""Who does the work, how long it may take, and what is kept of it."""
