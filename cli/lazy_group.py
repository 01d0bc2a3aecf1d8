"""A group of commands, each in a file of its own that is imported when it is called."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import click


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports them one at a time.

    `lines` holds each command's first line; its file in this folder is called `prefix` and its
    name, and holds a function of that name or, where Python has one already, `command`.
    """

    def __init__(self, *, lines: Mapping[str, str], prefix: str = "", **options: Any) -> None:
        super().__init__(**options)
        self.lines = lines
        self.prefix = prefix

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(self.lines)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in self.lines:
            return None
        module = importlib.import_module(f".{self.prefix}{cmd_name}", __package__)
        command: click.Command = vars(module).get(cmd_name) or module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.lines and not args[0].startswith("-"):
            import difflib

            close = difflib.get_close_matches(args[0], self.lines, n=1)
            hint = f"did you mean '{close[0]}'?" if close else f"there are {', '.join(self.lines)}"
            ctx.fail(f"'{args[0]}' is no command; {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(self.lines.items()))
