"""The product export from end to end, without Airflow."""

from __future__ import annotations


def test_every_item_is_accounted_for(export, abicart_server, specter_server) -> None:
    report = export.run()
    assert report.found == 200
