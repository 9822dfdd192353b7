"""Asks both real systems harmless questions, and writes down which of what was uncertain is true."""
