"""What could give where there is no plan."""
