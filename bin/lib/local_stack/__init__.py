"""A whole Airflow with the two sandbox servers and a ledger, on this machine, for the demo, tests and benchmarks.

Everything listens on 127.0.0.1, lives in one folder, and leaves no process behind however it ends.
"""
