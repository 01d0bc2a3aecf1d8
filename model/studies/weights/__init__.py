"""Questions about the weights."""
