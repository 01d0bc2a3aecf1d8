"""Scenarios, runs and plans side by side."""
