"""The simulated Abicart shop: its JSON-RPC interface as far as it is publicly known, open questions as switches."""
