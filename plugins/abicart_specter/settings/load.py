"""Loading a shop file."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from abicart_specter.errors import ConfigurationError
from abicart_specter.settings.messages import findings, in_order, key_in_words
from abicart_specter.settings.paths import mapping_file, shop_file, shop_name
from abicart_specter.settings.secrets import find_secrets
from abicart_specter.settings.shop import ShopSettings
from abicart_specter.settings.yaml_file import YamlDocument, read_yaml


def load_shop(path: Path) -> ShopSettings:
    """Read and check a shop's settings.

    :raises ConfigurationError: something in the file is wrong. The text has a line per finding, each with
        file, line and key, and never the value of what looks like a secret.
    """
    name = shop_name(path)
    document = read_yaml(path)
    _refuse_secrets(document, name)
    try:
        settings = ShopSettings.model_validate(document.data)
    except ValidationError as error:
        raise ConfigurationError(
            in_order(findings(error, document, ShopSettings), document),
            remedy="Correct the file; demo.yaml explains every setting.",
        ) from None
    settings._name = name
    return settings


def load_shop_by_name(shop: str) -> ShopSettings:
    """Read and check the settings of the shop with this name.

    :raises ConfigurationError: there is no such shop, or its file is wrong.
    """
    return load_shop(shop_file(shop))


def article_mapping_path(settings: ShopSettings) -> Path:
    """The field mapping that the shop uses for products.

    :raises ConfigurationError: there is no such file.
    """
    return mapping_file(settings.mappings.article)


def _refuse_secrets(document: YamlDocument, shop: str) -> None:
    found = [
        (document.line(place), f"{key_in_words(place, document.data)}: {words}.")
        for place, words in find_secrets(document)
    ]
    if found:
        raise ConfigurationError(
            in_order(found, document),
            remedy=f"Remove it here (and change a secret that was saved in a file). Addresses, accounts and secrets "
            f"belong in the Airflow connections abicart_{shop} and specter_{shop}.",
        )
