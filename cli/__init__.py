"""The command line: each command reads, solves, tabulates, and shows or writes."""
