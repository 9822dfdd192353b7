"""``bin/stack``: the services of docker-compose.yaml as processes, with the sandbox and the shop demo, until Ctrl-C."""

from __future__ import annotations

import argparse
import sys
import time

from compose_processes.stack import ComposeOptions, ComposeStack
from local_stack.errors import StackError, StoppedError
from local_stack.files import project_home
from local_stack.signals import stop_on_signals


def main(arguments: list[str]) -> int:
    """Exit code: 0 or 130 and the like after a signal, 1 if something is wrong."""
    parser = argparse.ArgumentParser(prog="bin/stack", description=(__doc__ or "").partition(": ")[2])
    parser.add_argument("--name", default="compose", help="folder under .airflow (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=2, help="(default: %(default)s)")
    options = parser.parse_args(arguments)
    started = time.monotonic()

    def say(line: str) -> None:
        print(f"[{time.monotonic() - started:5.1f} s] {line}", flush=True)

    try:
        with (
            stop_on_signals(),
            ComposeStack(
                project_home(options.name), ComposeOptions(scale={"worker": options.workers}), say
            ) as stack,
        ):
            say(
                f"UI {stack.ui_url}, user {stack.settings['ADMIN_USERNAME']}; its password is ADMIN_PASSWORD in"
            )
            say(f"{stack.env_file}. Logs: {stack.process_logs}. It stays up until Ctrl-C.")
            while True:
                stack.check()
                time.sleep(1)
    except StackError as error:
        if error.details:
            print(error.details, file=sys.stderr)
        print(f"compose_processes: {error}", file=sys.stderr)
        return 1
    except StoppedError as stop:
        print(f"compose_processes: {stop}; no process is left.", file=sys.stderr)
        return stop.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
