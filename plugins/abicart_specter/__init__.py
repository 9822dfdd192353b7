"""Keeps an Abicart web shop and a Specter ERP account in step, with proof."""

__version__ = "0.1.0"
