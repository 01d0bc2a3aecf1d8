"""The questions as Python functions: the commands call them, and so may a notebook."""
