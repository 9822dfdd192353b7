"""Local servers that behave like Abicart's and Specter's interfaces as far as those are publicly known.

A package of its own: it shares no code with the project it was made for.
"""
