"""The command `stratafolio`: commands are imported when they are called, so that help is quick."""

from __future__ import annotations

import importlib
import sys
from typing import NoReturn

import click

COMMANDS = {
    "solve": "The optimal portfolio of one scenario.",
    "evaluate": "Play a plan of your own and hold it against the best.",
    "scenario": "List, show, check, start and export scenarios.",
}
"""Each command's first line; its file in this folder has its name."""


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports them one at a time."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f".{cmd_name}", __package__)
        command: click.Command = getattr(module, cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib

            close = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f"did you mean '{close[0]}'?" if close else f"there are {', '.join(COMMANDS)}"
            ctx.fail(f"'{args[0]}' is no command; {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="stratafolio")
@click.option("--debug", is_flag=True, help="Show a traceback where something goes wrong.")
def stratafolio(debug: bool) -> None:
    """Split a policy budget over areas, instruments and years to win a contest with many layers.

    SCENARIO is a bundled name or a path; without it, the bundled us-2027.
    """
    del debug


def main(arguments: list[str] | None = None) -> NoReturn:
    """Runs the command line and leaves with its exit code."""
    from .options import allow_any_text, run_command

    allow_any_text()
    sys.exit(run_command(stratafolio, sys.argv[1:] if arguments is None else arguments))
