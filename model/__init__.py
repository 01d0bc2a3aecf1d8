"""The mathematics: a scenario becomes a portfolio."""
