"""The control interface under ``/_sandbox/``: what a test or a person does to a server from outside."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any

from fastapi import Body, FastAPI, Request, Response

from shop_sandbox.core import state_file
from shop_sandbox.core.engine import CONTROL_PATH, Engine
from shop_sandbox.core.errors import SandboxError, UnknownRecordError, UsageError
from shop_sandbox.core.faults import KINDS

JsonObject = Annotated[dict[str, Any], Body(default_factory=dict)]


def json_answer(value: Any, status: int = 200) -> Response:
    return Response(state_file.to_json(value), status, media_type="application/json")


def _number(wanted: dict[str, Any], name: str, default: float) -> float:
    value = wanted.get(name, default)
    if type(value) not in (int, float):
        raise UsageError(f"{name} is a number of seconds, not {value!r}")
    return float(value)


async def _error_answer(_request: Request, error: Exception) -> Response:
    return json_answer({"error": str(error)}, 404 if isinstance(error, UnknownRecordError) else 400)


def build_control(
    engine: Engine,
    *,
    state_path: Path | None,
    unplug: Callable[[float], Awaitable[None]],
    shutdown: Callable[[], None],
) -> FastAPI:
    """The control application. All of it runs in the server's own event loop, between two requests.

    :param state_path: the file of save and load; without one both are refused.
    :param unplug: closes the port for so many seconds.
    :param shutdown: makes the server stop.
    """
    app = FastAPI(
        title=f"{engine.service.name} sandbox: control",
        openapi_url=f"{CONTROL_PATH}/openapi.json",
        docs_url=f"{CONTROL_PATH}/docs",
        redoc_url=None,
    )
    app.add_exception_handler(SandboxError, _error_answer)
    _add_state_routes(app, engine, state_path)
    _add_behaviour_routes(app, engine)
    _add_record_routes(app, engine)
    _add_server_routes(app, engine, unplug, shutdown)
    return app


def _add_state_routes(app: FastAPI, engine: Engine, state_path: Path | None) -> None:
    def needed_path() -> Path:
        if state_path is None:
            raise UsageError("this server was started without a state file (--state)")
        return state_path

    @app.post(f"{CONTROL_PATH}/reset")
    async def reset(wanted: JsonObject) -> Response:
        """Everything as at the start; optionally another seed, mode, switches, log_size."""
        unknown = set(wanted) - {"seed", "mode", "switches", "log_size"}
        if unknown:
            raise UsageError(
                f"reset takes seed, mode, switches and log_size, not {', '.join(sorted(unknown))}"
            )
        engine.reset(**wanted)
        return json_answer({"mode": engine.mode})

    @app.post(f"{CONTROL_PATH}/seed")
    async def seed(wanted: JsonObject) -> Response:
        """Forget the data and seed anew; switches, faults and counters stay."""
        engine.service.reset(wanted or engine.start_seed)
        return json_answer({"seed": wanted or engine.start_seed})

    @app.post(f"{CONTROL_PATH}/save")
    async def save() -> Response:
        path = needed_path()
        return json_answer({"file": path.name, "bytes": state_file.save(engine, path)})

    @app.post(f"{CONTROL_PATH}/load")
    async def load() -> Response:
        path = needed_path()
        state_file.load(engine, path)
        return json_answer({"file": path.name})


def _add_behaviour_routes(app: FastAPI, engine: Engine) -> None:
    board = engine.service.switches

    @app.get(f"{CONTROL_PATH}/switches")
    async def switches() -> Response:
        return json_answer(board.describe())

    @app.post(f"{CONTROL_PATH}/switches")
    async def set_switches(wanted: JsonObject) -> Response:
        """All that are named, or none if one is wrong."""
        board.set(wanted)
        return json_answer(board.values)

    @app.get(f"{CONTROL_PATH}/modes")
    async def modes() -> Response:
        known = {name: mode.help for name, mode in engine.service.modes.items()}
        return json_answer({"mode": engine.mode, "known": known})

    @app.post(f"{CONTROL_PATH}/mode")
    async def set_mode(wanted: JsonObject) -> Response:
        engine.set_mode(str(wanted.get("mode")))
        return json_answer({"mode": engine.mode, "switches": board.values})

    @app.get(f"{CONTROL_PATH}/faults")
    async def faults() -> Response:
        known = {**KINDS, **engine.service.own_faults}
        return json_answer({"armed": [fault.describe() for fault in engine.faults.armed], "known": known})

    @app.post(f"{CONTROL_PATH}/faults")
    async def add_fault(wanted: JsonObject) -> Response:
        return json_answer(engine.faults.add(wanted).describe())

    @app.delete(f"{CONTROL_PATH}/faults")
    async def clear_faults() -> Response:
        engine.faults.clear()
        return json_answer({"armed": []})

    @app.get(f"{CONTROL_PATH}/latency")
    async def latency() -> Response:
        return json_answer(engine.latency.as_dict())

    @app.post(f"{CONTROL_PATH}/latency")
    async def set_latency(wanted: JsonObject) -> Response:
        engine.latency.set(wanted)
        return json_answer(engine.latency.as_dict())

    @app.post(f"{CONTROL_PATH}/clock")
    async def advance_clock(wanted: JsonObject) -> Response:
        """Let ``advance_seconds`` pass at once for everything that looks at the time."""
        engine.service.clock.advance(_number(wanted, "advance_seconds", 0.0))
        return json_answer({"now": engine.service.clock.now().isoformat()})


def _add_record_routes(app: FastAPI, engine: Engine) -> None:
    @app.get(f"{CONTROL_PATH}/edit")
    async def edits() -> Response:
        return json_answer(engine.service.edits)

    @app.post(f"{CONTROL_PATH}/edit/{{what}}")
    async def edit(what: str, values: JsonObject) -> Response:
        """Do what a person in the system's admin pages would do."""
        if what not in engine.service.edits:
            raise UsageError(f"there is no edit {what!r}; known: {', '.join(engine.service.edits)}")
        return json_answer(engine.service.edit(what, values))

    @app.get(f"{CONTROL_PATH}/inspect")
    async def inspections() -> Response:
        return json_answer(engine.service.inspections)

    @app.get(f"{CONTROL_PATH}/inspect/{{what}}")
    async def inspect(what: str, request: Request) -> Response:
        if what not in engine.service.inspections:
            known = ", ".join(engine.service.inspections)
            raise UsageError(f"there is nothing called {what!r} to inspect; known: {known}")
        return json_answer(engine.service.inspect(what, dict(request.query_params)))


def _add_server_routes(
    app: FastAPI, engine: Engine, unplug: Callable[[float], Awaitable[None]], shutdown: Callable[[], None]
) -> None:
    @app.get(f"{CONTROL_PATH}/counters")
    async def counters() -> Response:
        return json_answer(engine.counters.as_dict())

    @app.delete(f"{CONTROL_PATH}/counters")
    async def reset_counters() -> Response:
        engine.counters.reset()
        return json_answer(engine.counters.as_dict())

    @app.get(f"{CONTROL_PATH}/requests")
    async def requests(after: int = 0, action: str | None = None, limit: int = 1000) -> Response:
        return json_answer(engine.log.select(after, action, limit))

    @app.delete(f"{CONTROL_PATH}/requests")
    async def clear_requests() -> Response:
        engine.log.clear()
        return json_answer([])

    @app.get(f"{CONTROL_PATH}/")
    async def calls() -> Response:
        """What this interface has; the docs page shows more, and needs a browser with a network."""
        paths = app.openapi()["paths"]
        return json_answer(
            [f"{method.upper()} {path}" for path, methods in paths.items() for method in methods]
        )

    @app.get(f"{CONTROL_PATH}/health")
    async def health() -> Response:
        return json_answer({"service": engine.service.name, "mode": engine.mode, "status": "ok"})

    @app.post(f"{CONTROL_PATH}/unplug")
    async def unplug_port(wanted: JsonObject) -> Response:
        """Close the port for ``seconds``: idle connections end, new ones are refused by the system."""
        seconds = _number(wanted, "seconds", 1.0)
        await unplug(seconds)
        return json_answer({"seconds": seconds})

    @app.post(f"{CONTROL_PATH}/shutdown")
    async def stop() -> Response:
        shutdown()
        return json_answer({"status": "stopping"})
