"""The run folder: kept, claimed, read again."""
