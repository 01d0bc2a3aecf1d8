"""Portfolios as tables, pictures and files; nothing here solves."""
