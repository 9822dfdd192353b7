"""Alarms: what is wrong, what was said about it, and who took the message."""
