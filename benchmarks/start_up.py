"""`stratafolio --help` and `import stratafolio` beside `python -c "import click"`.

At most twice as long, and at most 1.2 times. Also says which imports the difference goes to.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence

from measure import (
    describe_machine,
    find_command,
    own_bytecode,
    run_process,
    say_claim,
    time_in_turn,
)

CLAIM = 2.0
IMPORT_CLAIM = 1.2
PAIRS = 15
"""More than elsewhere: these processes are short."""


def self_times(command: Sequence[str], environment: dict[str, str]) -> dict[str, float]:
    """Milliseconds that each module itself takes to import, without what it imports in turn."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *command],
        env=environment,
        cwd=tempfile.gettempdir(),
        check=True,
        text=True,
        capture_output=True,
    )
    found = {}
    for line in done.stderr.splitlines():
        kind, _, rest = line.partition(":")
        own, _, name = rest.partition("|")
        if kind == "import time" and own.strip().isdigit():
            found[name.partition("|")[2].strip()] = int(own) / 1000
    return found


def main() -> None:
    """Print the ratio, and the dearest imports of `--help` that click alone does not need."""
    print(describe_machine(["click"]))
    helping, clicking = [find_command(), "--help"], [sys.executable, "-c", "import click"]
    importing = [sys.executable, "-c", "import stratafolio"]
    with own_bytecode() as environment:
        compared = time_in_turn(
            lambda: run_process(helping, environment)[0],
            lambda: run_process(clicking, environment)[0],
            PAIRS,
        )
        imported = time_in_turn(
            lambda: run_process(importing, environment)[0],
            lambda: run_process(clicking, environment)[0],
            PAIRS,
        )
        ours, theirs = (self_times(c, environment) for c in (helping, clicking[1:]))
    print(f"--help {compared.first:.3f} s, import click {compared.second:.3f} s")
    say_claim("ratio", compared.ratio, CLAIM)
    print(f"import stratafolio {imported.first:.3f} s, import click {imported.second:.3f} s")
    say_claim("ratio of the imports", imported.ratio, IMPORT_CLAIM)
    extra = {name: ms for name, ms in ours.items() if name not in theirs}
    print(f"{len(extra)} more modules, {sum(extra.values()):.1f} ms; the dearest:")
    for name, ms in sorted(extra.items(), key=lambda item: -item[1])[:8]:
        print(f"  {ms:6.2f} ms  {name}")


if __name__ == "__main__":
    main()
