"""A local server that behaves like Specter's webshop API, as far as that API is publicly known.

"Reference" in this folder means the project's wire reference for Specter, with its section; "Q" and a number mean
one of the open questions of its section 11. What is marked *invented* has no public source.
"""
