"""Studies: one method a file, each asks many questions of one scenario."""
