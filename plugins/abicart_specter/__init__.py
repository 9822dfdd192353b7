"""Keeps an Abicart web shop and a Specter ERP account in step, with proof."""
