"""bin/demo after the installation: starts a stack, runs the flows, shows what came out, stays or stops."""

from __future__ import annotations

import json
import sys
import time
from argparse import Namespace
from typing import Any

from rich.console import Console
from rich.markdown import Markdown

from demo_options import parse, port_complaint
from local_stack import demo_orders, flows
from local_stack.errors import StackError, StoppedError
from local_stack.files import PROJECT, project_home
from local_stack.flow_run import FlowResult, FlowRun, run_flow
from local_stack.sandbox import SandboxOptions
from local_stack.signals import stop_on_signals
from local_stack.stack import LocalStack, StackOptions
from local_stack.table import figures_table, flow_table, proof_table


class Demo:
    """One demo from start to end; ``exit_code`` says how it went."""

    def __init__(self, options: Namespace) -> None:
        self.options = options
        self.exit_code = 0
        self.report = PROJECT / options.report  # an absolute one stays what it is
        self._console = Console(highlight=False, soft_wrap=True)
        self._started = time.monotonic()

    def run(self) -> None:
        """Everything. :raises StackError: the stack could not be started, or broke."""
        options = self.options
        self.report.unlink(missing_ok=True)
        stack_options = StackOptions(
            ui_port=options.port,
            abicart_port=options.abicart_port,
            specter_port=options.specter_port,
            afresh=not options.keep,
            sandbox=SandboxOptions(items=options.items, survives=True),
        )
        with LocalStack(project_home(options.name), stack_options, self.say) as stack:
            self.say(f"Airflow is up: {stack.ui_url}  login {stack.login}")
            results = [self._run_flow(stack, flow) for flow in flows.ALL]
            self._write_report(results)
            for result in results:
                if result.figures:
                    self._console.print(
                        flow_table(result) if "found" in result.figures else figures_table(result)
                    )
            self._show_proof(stack)
            self._show_questions(stack)
            self._say_where(stack)
            if not options.once:
                for dag_id in {flow.dag_id for flow in flows.ALL if flow.scheduled}:
                    stack.api.unpause(dag_id)
                self._console.print("Everything stays up until you press Ctrl-C.")
                while True:
                    stack.check()
                    time.sleep(1)
            self.say("Stopping everything")

    def _show_proof(self, stack: LocalStack) -> None:
        """The shop's amounts of one order beside those sent."""
        proof = demo_orders.proof_of_the_golden_order(stack)
        if proof is not None:
            self._console.print(proof_table(*proof))

    def _show_questions(self, stack: LocalStack) -> None:
        """What the guard asked, as a person sees it under Required Actions; the demo said no."""
        for task, (subject, body) in stack.questions.items():
            self._console.print(f"{task} asked: {subject}", markup=False, style="bold")
            self._console.print(Markdown(body), soft_wrap=False)  # else its lists are cut at the edge

    def say(self, text: str) -> None:
        """A line of progress."""
        self._console.print(f"[{time.monotonic() - self._started:5.1f} s] {text}", markup=False)

    def _run_flow(self, stack: LocalStack, flow: FlowRun) -> FlowResult:
        stack.wait_until_parsed(flow.dag_id, unpause=not flow.scheduled)
        self.say(f"{'Switching on' if flow.scheduled else 'Triggering'} {flow.dag_id}")
        result = run_flow(stack, flow, say=self.say, seconds=self.options.timeout)
        if flow.scheduled:  # its next run would ask the servers something while another flow is counted
            stack.api.unpause(flow.dag_id, paused=True)
        for sentence in result.complaints:
            self.complain(sentence)
        return result

    def complain(self, sentence: str) -> None:
        """Something went wrong: the demo goes on to its end, but is not a success."""
        self.exit_code = 1
        self._console.print(f"✗ {sentence}", markup=False, style="bold red")

    def _write_report(self, results: list[FlowResult]) -> None:
        document: dict[str, Any] = {
            "flows": {result.flow.name: result.figures for result in reversed(results) if result.figures},
            "seconds": round(time.monotonic() - self._started, 1),
        }
        self.report.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

    def _say_where(self, stack: LocalStack) -> None:
        seconds = time.monotonic() - self._started
        verdict = (
            "All figures agree with the sandbox servers' counters." if self.exit_code == 0 else "NOT GREEN."
        )
        self._console.print(f"{verdict} The whole demo took {seconds:.0f} s.", markup=False)
        self._console.print(f"Airflow   {stack.ui_url}   login {stack.login}", markup=False)
        for server, control in stack.sandboxes.items():
            self._console.print(f"{server.capitalize():<9} {control.url}/_sandbox/docs", markup=False)
        self._console.print(f"Files of the runs: {stack.home.reports}", markup=False)


def main(arguments: list[str]) -> int:
    """Exit code: 0 all is well, 1 something is not, 130 and the like when stopped before the end."""
    options = parse(arguments)
    if sentence := port_complaint(options):
        print(f"demo: {sentence}", file=sys.stderr)
        return 1
    demo = Demo(options)
    try:
        with stop_on_signals():
            demo.run()
    except StackError as error:
        if error.details:
            print(error.details, file=sys.stderr)
        print(f"demo: {error}", file=sys.stderr)
        return 1
    except StoppedError as stop:
        print(f"demo: {stop}; no process is left.", file=sys.stderr)
        return demo.exit_code if demo.report.exists() else stop.exit_code
    return demo.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
