"""What each study says: its record and its sheet."""
