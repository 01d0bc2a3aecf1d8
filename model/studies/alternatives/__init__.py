"""Plans nearly as good."""
