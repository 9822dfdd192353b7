"""A server's state in a file, so that it survives a restart on request."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from shop_sandbox.core.engine import Engine
from shop_sandbox.core.errors import StartError, UsageError

FORMAT = 1


def to_json(value: Any) -> str:
    """JSON text; ``Decimal``, ``datetime`` and the like become text."""
    return json.dumps(value, default=str, ensure_ascii=False)


def file_for(path: Path, service_name: str) -> Path:
    """Each server has its own file: ``state.json`` becomes ``state-specter.json.gz``."""
    return path.with_name(f"{path.name.split('.')[0]}-{service_name}.json.gz")


def save(engine: Engine, path: Path) -> int:
    """Write data, mode, switches and latency; the file is replaced at once. Returns its bytes."""
    document = {
        "format": FORMAT,
        "service": engine.service.name,
        "mode": engine.mode,
        "switches": engine.service.switches.values,
        "latency": engine.latency.as_dict(),
        "clock_offset": engine.service.clock.offset,
        "data": engine.service.dump(),
    }
    part = path.with_name(path.name + ".part")
    part.write_bytes(gzip.compress(to_json(document).encode(), compresslevel=1))
    part.replace(path)
    return path.stat().st_size


def load(engine: Engine, path: Path) -> None:
    """Take the state from the file; armed faults go, counters and the request log start anew."""
    try:
        document = json.loads(gzip.decompress(path.read_bytes()))
    except FileNotFoundError:
        raise UsageError(f"there is no saved state at {path}") from None
    except (OSError, EOFError, ValueError) as error:
        raise StartError(f"{path} is not a saved state of a sandbox server: {error}") from error
    if document.get("format") != FORMAT or document.get("service") != engine.service.name:
        raise StartError(f"{path} is not a saved state of the {engine.service.name} sandbox, format {FORMAT}")
    engine.set_mode(document["mode"])
    engine.faults.clear()
    engine.service.switches.set(document["switches"])
    engine.latency.set(document["latency"])
    engine.service.clock.offset = float(document["clock_offset"])
    engine.service.load(document["data"])
    engine.counters.reset()
    engine.log.clear()
