"""What both servers share: HTTP, counters, request log, latency, faults, switches, the control interface."""
