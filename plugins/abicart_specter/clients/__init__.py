"""Talks to the outside: HTTP, Abicart's JSON-RPC, Specter's wire format. Knows no flow, no business rule, no SQL."""
