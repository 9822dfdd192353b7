"""A shop's settings: one YAML file per shop, every key checked when it is loaded.

Imports neither pandas nor SQLAlchemy nor Airflow, so that DAG files may use it.
"""

from __future__ import annotations

from abicart_specter.settings.alerts_alone import alerts_alone
from abicart_specter.settings.folder import ShopInFolder, all_files, look_at
from abicart_specter.settings.imports import Master
from abicart_specter.settings.load import article_mapping_path, load_shop, load_shop_by_name
from abicart_specter.settings.numbers import NumberRules
from abicart_specter.settings.paths import (
    include_dir,
    mapping_file,
    shop_file,
    shop_files,
    shop_name,
    shops_dir,
)
from abicart_specter.settings.shop import ShopSettings
from abicart_specter.settings.special_numbers import SpecialNumber

__all__ = [
    "Master",
    "NumberRules",
    "ShopInFolder",
    "ShopSettings",
    "SpecialNumber",
    "alerts_alone",
    "all_files",
    "article_mapping_path",
    "include_dir",
    "load_shop",
    "load_shop_by_name",
    "look_at",
    "mapping_file",
    "shop_file",
    "shop_files",
    "shop_name",
    "shops_dir",
]
