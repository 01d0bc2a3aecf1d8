"""Which figures matter to the decision."""
