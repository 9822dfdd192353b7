"""Errors of the control interface and of starting a server; their text is shown to a person as it is."""

from __future__ import annotations


class SandboxError(Exception):
    """Root of the sandbox's own errors."""


class UsageError(SandboxError):
    """A control call names something that does not exist or gives it an impossible value."""


class UnknownRecordError(UsageError):
    """A control call names a record that is not there."""


class StartError(SandboxError):
    """A server cannot start (port in use, state file of another server)."""
