"""The servers this package has, by name."""

from __future__ import annotations

from shop_sandbox.core.errors import UsageError
from shop_sandbox.core.service import Service

NAMES = ("abicart", "specter")


def build(name: str) -> Service:
    """A fresh service; imported only when asked for, so that one server does not load the other."""
    if name == "abicart":
        from shop_sandbox.abicart.service import AbicartService

        return AbicartService()
    if name == "specter":
        from shop_sandbox.specter.service import SpecterService

        return SpecterService()
    raise UsageError(f"there is no sandbox server {name!r}; known: {', '.join(NAMES)}")
