"""Health check of a service: ``python health.py URL [PART …]``; exit code 0 if healthy.

The address must answer 200. Each part named must say ``{"status": "healthy"}`` in the answer, which is JSON then. Needs
nothing but Python.
"""

from __future__ import annotations

import json
import sys
import urllib.request

SECONDS = 10


def main(url: str, *parts: str) -> int:
    """0 if healthy, else 1 with a line that says what is not."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(url, timeout=SECONDS) as answer:
            health = json.load(answer) if parts else {}
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{url}: {error}\n")
        return 1
    sick = [part for part in parts if health.get(part, {}).get("status") != "healthy"]
    for part in sick:
        sys.stderr.write(f"{url}: {part} is {health.get(part, {}).get('status')}\n")
    return 1 if sick else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
