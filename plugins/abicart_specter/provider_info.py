"""What Airflow asks a provider about itself: the connection types and the fields of their forms.

Found through the entry point ``apache_airflow_provider`` of the installed distribution. Every Airflow process calls
it at its start, so it imports nothing but the version. The names in it are those of Airflow's provider schema;
``conn-fields`` are kept in the connection's extra, each under its own name. A field whose name holds ``secret``,
``password`` or ``token`` is masked by Airflow wherever it shows a connection.

The port stays visible and says what to enter: for an empty one, Airflow 3.3.2 sends 0 when a connection is tested,
takes that for another server than the stored one, and answers "Bad Request".
"""

from __future__ import annotations

from typing import Any

from abicart_specter import __version__

_OPTIONAL_NUMBER = {"type": ["integer", "null"], "minimum": 1}
_SECRET = {"type": ["string", "null"], "format": "password"}

ABICART: dict[str, Any] = {
    "connection-type": "abicart",
    "hook-class-name": "abicart_specter.hooks.abicart.AbicartHook",
    "hook-name": "Abicart",
    "ui-field-behaviour": {
        "hidden-fields": [],
        "relabeling": {
            "host": "Server",
            "port": "Port (enter 443)",
            "schema": "Scheme (https)",
            "login": "Webshop id",
            "password": "Auth token",
        },
        "placeholders": {
            "host": "shop.textalk.se",
            "port": "443",
            "schema": "https",
            "login": "the number of the webshop, such as 22222",
        },
    },
    "conn-fields": {
        "language": {
            "label": "Language",
            "description": "Language of the shop's own messages, two letters. Empty: sv. Texts of products are not "
            "affected.",
            "schema": {"type": ["string", "null"], "maxLength": 2, "minLength": 2},
        },
    },
}

SPECTER: dict[str, Any] = {
    "connection-type": "specter",
    "hook-class-name": "abicart_specter.hooks.specter.SpecterHook",
    "hook-name": "Specter",
    "ui-field-behaviour": {
        "hidden-fields": [],
        "relabeling": {
            "host": "Server",
            "port": "Port (enter 443)",
            "schema": "Scheme (https)",
            "login": "sbmId",
            "password": "apiUserKey / md5key1",
        },
        "placeholders": {
            "host": "api.specter.se",
            "port": "443",
            "schema": "https",
            "login": "the number of the Specter account",
        },
    },
    "conn-fields": {
        "api_version": {
            "label": "API version",
            "description": "Which kind of keys Specter gave you. Accounts since about August 2020 have version 2.",
            "schema": {
                "type": "integer",
                "enum": [2, 1],
                "default": 2,
                "values_display": {"2": "2 (apiUserKey, integrationKey)", "1": "1 (md5key1, md5key2)"},
            },
        },
        "integration_secret": {
            "label": "integrationKey / md5key2",
            "description": "The second of the two keys; the first one is among the standard fields.",
            "schema": _SECRET,
        },
        "api_user_id": {
            "label": "apiUserId",
            "description": "Version 2 only: the number of the API user. Empty if you were given none.",
            "schema": _OPTIONAL_NUMBER,
        },
        "webshop_id": {
            "label": "webshopId in Specter",
            "description": "Only for a Specter account with several webshops: which of them orders belong to. "
            "Specter issues this number; it is not Abicart's webshop id.",
            "schema": _OPTIONAL_NUMBER,
        },
    },
}

LEDGER: dict[str, Any] = {
    "connection-type": "sync_ledger",
    "hook-class-name": "abicart_specter.hooks.ledger.LedgerHook",
    "hook-name": "Sync ledger",
    "ui-field-behaviour": {
        "hidden-fields": [],
        "relabeling": {
            "host": "PostgreSQL server",
            "port": "Port (enter 5432)",
            "schema": "Database",
            "login": "User",
        },
        "placeholders": {"host": "empty for SQLite", "port": "for SQLite enter 0", "schema": "sync_ledger"},
    },
    "conn-fields": {
        "url": {
            "label": "Address",
            "description": "Instead of the standard fields, for SQLite: sqlite:////absolute/path/ledger.db. "
            "Not masked: a password belongs in its own field.",
            "schema": {"type": ["string", "null"]},
        },
        "hash_secret": {
            "label": "Hash secret",
            "description": "Key under which buyers are known again: 16 random characters at least. Never change it.",
            "schema": _SECRET,
        },
    },
}


def get_provider_info() -> dict[str, Any]:
    """The provider as Airflow's ``provider_info.schema.json`` describes one."""
    return {
        "package-name": "abicart-specter",
        "name": "Abicart and Specter",
        "description": "Keeps an Abicart web shop and a Specter ERP account in step, with proof.",
        "versions": [__version__],
        "connection-types": [ABICART, SPECTER, LEDGER],
    }
