"""What is wrong with the files, in one sentence."""

from __future__ import annotations

from local_stack.errors import StackError


class ComposeError(StackError):
    """A file says what cannot be understood, or what Docker Compose would refuse as well."""
