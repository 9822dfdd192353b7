"""Alerts: which causes are open, what people are told of them, and that each channel takes it."""
