"""Holds no DAG: shows every shop file that cannot be used as an import error, on the first page of Airflow's UI.

The DAGs of such a shop are still there, with their history, and each of its runs stops at its first task. The other
shops' DAGs are in other files, which this error does not touch.
"""

from __future__ import annotations

from abicart_specter.dag_docs import shop_problems
from abicart_specter.errors import ConfigurationError

if problems := shop_problems():
    raise ConfigurationError(f"Shop files that cannot be used; all other shops go on.\n\n{problems}")
