"""What happens as the budget moves."""
