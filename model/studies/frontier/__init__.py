"""What a lead in one layer costs in another."""
