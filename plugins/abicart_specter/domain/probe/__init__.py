"""What the real systems' answers tell about the open questions of both interfaces. Pure: no I/O."""
