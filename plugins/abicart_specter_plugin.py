"""Airflow's entry to this project's plugin. All else is in the package beside it, which Airflow must not scan."""

from __future__ import annotations

from airflow.plugins_manager import AirflowPlugin


class AbicartSpecterPlugin(AirflowPlugin):
    """Makes the project visible under Admin → Plugins. Hooks and operators are imported from the package."""

    name = "abicart_specter"
