"""One plan for several futures."""
