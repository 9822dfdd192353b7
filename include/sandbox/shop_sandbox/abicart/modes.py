"""Bundles of switches and faults to try a client against."""

from __future__ import annotations

from shop_sandbox.core.service import Mode

MODES = {
    "strict": Mode("every open question at its default; whatever is malformed is refused"),
    "lenient": Mode(
        "forgiving: unknown keys are ignored, either stock form is taken, objects are merged, set answers the uid",
        {
            "unknown_key": "ignored",
            "stock_write": "both",
            "set_nested": "merge",
            "set_result": "uid",
            "missing_object": "null",
            "list_limit": "none",
            "anonymous_stock": "visible",
        },
    ),
    "chaos": Mode(
        "a bad day: values in their other shapes, lists capped at 100, and about one request in eight goes wrong",
        {
            "error_status": "by_code",
            "uid_type": "string",
            "time_format": "naive",
            "list_limit": "100",
            "empty_object": "array",
            "no_offer": "null",
            "batch_limit": "20",
        },
        (
            {"kind": "html_500", "count": None, "probability": 0.03, "seed": 11},
            {"kind": "drop_before", "count": None, "probability": 0.02, "seed": 12},
            {"kind": "drop_after", "count": None, "probability": 0.02, "seed": 13},
            {"kind": "cut", "count": None, "probability": 0.02, "seed": 14},
            {"kind": "too_many", "count": None, "probability": 0.02, "seed": 15, "seconds": 0.0},
            {"kind": "rpc_internal", "count": None, "probability": 0.02, "seed": 16},
        ),
    ),
}
