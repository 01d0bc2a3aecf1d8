"""How the best plan is found, and what is proven of it."""
