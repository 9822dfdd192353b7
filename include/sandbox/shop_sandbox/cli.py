"""The command line: both servers as two processes, or one server in this process."""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from shop_sandbox import services
from shop_sandbox.core import state_file
from shop_sandbox.core.errors import SandboxError
from shop_sandbox.core.server import LOOPBACK, SandboxServer
from shop_sandbox.likeness import Likeness, read_likeness

DEFAULT_PORTS = {"abicart": 8081, "specter": 8082}


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code: 0 after an orderly stop, 1 if a server could not start, 2 for a wrong command line."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    options = _parser().parse_args(given)
    # SIGINT too: started in the background of a script, a process inherits that it is ignored.
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, _stop)
    try:
        return _run_both(given) if options.only is None else _run_one(options)
    except KeyboardInterrupt:
        return 0
    except SandboxError as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sandbox", description="Local Abicart and Specter servers.")
    parser.add_argument("--only", choices=services.NAMES, help="start one server instead of both")
    parser.add_argument("--host", default=LOOPBACK, help="address to listen on (default: %(default)s)")
    for name, port in DEFAULT_PORTS.items():
        parser.add_argument(f"--{name}-port", type=int, default=port, help="0: any (default: %(default)s)")
    parser.add_argument("--items", type=int, help="products in the shop (default: 200, none with --baskets)")
    parser.add_argument("--orders", type=int, help="orders in the shop (default: by its size)")
    parser.add_argument("--baskets", type=Path, metavar="FOLDER", help="real baskets, see the README")
    parser.add_argument("--basket-days", metavar="DAY,DAY", help="such as 2010-12-01 (default: all)")
    parser.add_argument("--specter-articles", type=int, default=0, help="articles Specter begins with")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same data")
    parser.add_argument("--mode", default="strict", help="strict, lenient or chaos (default: %(default)s)")
    parser.add_argument("--like", type=Path, metavar="FILE", help="switches as a connection probe found them")
    parser.add_argument("--state", type=Path, help="loaded at the start, saved at the stop and on request")
    parser.add_argument("--latency-ms", type=float, default=0.0, help="added to every request")
    parser.add_argument("--article-latency-ms", type=float, default=0.0, help="more for every article call")
    parser.add_argument("--log-size", type=int, default=2000, help="requests kept for inspection")
    parser.add_argument("--until-stdin-closes", action="store_true", help=argparse.SUPPRESS)
    return parser


def _run_one(options: argparse.Namespace) -> int:
    service = services.build(options.only)
    like = Likeness({}, ()) if options.like is None else read_likeness(options.like, service)
    seed: dict[str, Any] = {"seed": options.seed}
    if options.only == "specter":
        seed["articles"] = options.specter_articles
    else:
        seed |= _shop_seed(options)
    state_path = state_file.file_for(options.state, options.only) if options.state else None
    server = SandboxServer(
        service,
        host=options.host,
        port=getattr(options, f"{options.only}_port"),
        seed=seed,
        mode=options.mode,
        switches=like.switches,
        state_path=state_path,
        latency={"request_ms": options.latency_ms, "article_call_ms": options.article_latency_ms},
        log_size=options.log_size,
    )
    if options.until_stdin_closes:
        threading.Thread(target=_stop_with_stdin, args=(server,), daemon=True).start()
    _greet(server, like)
    try:
        server.run()
    finally:
        if state_path is not None:
            state_file.save(server.engine, state_path)
    return 0


def _shop_seed(options: argparse.Namespace) -> dict[str, Any]:
    """What was named, so that the seed's own defaults hold for the rest."""
    seed = {
        name: getattr(options, name) for name in ("items", "orders") if getattr(options, name) is not None
    }
    if options.baskets is not None:
        seed["baskets"] = str(options.baskets.resolve())
    if options.basket_days:
        seed["basket_days"] = [one.strip() for one in options.basket_days.split(",")]
    return seed


def _greet(server: SandboxServer, like: Likeness) -> None:
    name = server.service.name
    lines = [f"{name.capitalize()} sandbox: {server.url} (control: {server.url}/_sandbox/docs)"]
    lines += [f"  {key}: {value}" for key, value in server.service.credentials.items()]
    lines += [f"  {line}" for line in like.lines]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def _stop_with_stdin(server: SandboxServer) -> None:
    """The parent holds the other end: whatever becomes of it, this process does not outlive it."""
    sys.stdin.read()
    server.stop()


def _run_both(given: list[str]) -> int:
    """Start both, wait for the first to end, end the other."""
    started: list[subprocess.Popen[bytes]] = []
    ended = threading.Event()
    try:
        for name in services.NAMES:
            command = [sys.executable, "-m", "shop_sandbox", *given, "--only", name, "--until-stdin-closes"]
            child = subprocess.Popen(command, stdin=subprocess.PIPE)
            started.append(child)
            threading.Thread(target=_tell_when_ended, args=(child, ended), daemon=True).start()
        while not ended.wait(timeout=3600):
            continue
    finally:
        for child in started:
            assert child.stdin is not None
            child.stdin.close()
        codes = [_ended(child) for child in started]
    return max(codes)


def _tell_when_ended(child: subprocess.Popen[bytes], ended: threading.Event) -> None:
    child.wait()
    ended.set()


def _ended(child: subprocess.Popen[bytes]) -> int:
    """Wait for a child that was told to stop; one that does not obey is killed."""
    try:
        return abs(child.wait(timeout=10))
    except subprocess.TimeoutExpired:
        child.kill()
        return abs(child.wait())


def _stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)
