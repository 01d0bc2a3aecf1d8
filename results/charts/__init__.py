"""Charts as specifications."""
