"""Seed data: a believable Swedish shop of any size, made by code; the same seed and size give the same shop."""
