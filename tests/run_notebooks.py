"""Runs notebooks from the top and keeps what they show: `run_notebooks.py FOLDER [NAME...]`."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

LONGEST = 180
"""Seconds a cell may take."""


def run_notebook(file: Path) -> None:
    """Runs a notebook beside its files, in a kernel of its own, and writes it with its outputs.

    Times and versions are left out, so that the file changes only where what it shows does.
    """
    notebook = nbformat.read(file, as_version=4)
    place = {"metadata": {"path": str(file.parent)}}
    NotebookClient(
        notebook, timeout=LONGEST, kernel_name="python3", record_timing=False, resources=place
    ).execute()
    notebook.metadata["language_info"] = {"name": "python"}
    nbformat.write(notebook, file)


if __name__ == "__main__":
    folder, *names = sys.argv[1:]
    for file in sorted(Path(folder).glob("*.ipynb")):
        if not names or file.stem in names:
            run_notebook(file)
