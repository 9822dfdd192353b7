"""Fixtures for all tests."""

pytest_plugins = ["shop_sandbox.pytest_plugin"]
