"""Scenarios and plans side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..inputs.complaint import InputError
from ..inputs.scenario import Scenario
from ..model.studies.compare.findings import Contender
from ..model.work.clock import Clock
from ..results.result import Result
from .asking import keep_options, take_scenario
from .progress import Tell, following


@keep_options()
def compare(
    *scenarios: Scenario | Contender | Sequence[Scenario | Contender],
    gap: float = 1e-4,
    time_limit: float | None = None,
    workers: int = 1,
    progress: bool = False,
    report: Tell | None = None,
) -> Result:
    """What each scenario's plan does, and what it loses in the others' worlds.

    `scenarios`: two or more, or a list of them; a Contender has a label, and a plan to stand for
    the best one. The others are labelled by their names; repeats get #2 and so on. `gap`: a share
    of the gain; `time_limit` in seconds. A scenario without a plan is one of those compared, and
    its numbers are missing. Raises InputError, SolverFailed.

    >>> import stratafolio as sf
    >>> textbook = sf.read_scenario("textbook")
    >>> both = sf.compare(textbook, textbook.change({"budget": {"per_year": 6}}, name="more"))
    >>> both.to_frame("summary").set_index("plan")["gain"].round(3).to_dict()
    {'textbook': 1.736, 'more': 1.764}
    """
    from ..model.studies.compare.compare import compare_contenders
    from ..results.studies.compare import tabulate

    contenders = name_apart([label_scenario(item) for item in list_items(scenarios)])
    if len(contenders) < 2:
        raise InputError.of("compare", f"expected two things or more, got {len(contenders)}")
    with following(f"comparing {len(contenders)} plans", progress, report) as tell:
        comparison = compare_contenders(contenders, gap, Clock(time_limit), workers, tell)
    items = {"items": [contender.label for contender in contenders]}
    return Result("compare", pick_first(contenders), tabulate(comparison), comparison, items)


def list_items(
    scenarios: Sequence[Scenario | Contender | Sequence[Scenario | Contender]],
) -> list[Scenario | Contender]:
    """What is compared, whether it was given one by one or as a list."""
    items: list[Scenario | Contender] = []
    for part in scenarios:
        several = part if isinstance(part, list | tuple) else [part]
        items += [
            own if isinstance(own, Contender) else take_scenario("compare", own) for own in several
        ]
    return items


def label_scenario(item: Scenario | Contender) -> Contender:
    """A contender as it is, a scenario under its name."""
    return item if isinstance(item, Contender) else Contender(item.name, item)


def pick_first(contenders: Sequence[Contender]) -> Scenario:
    """The scenario that a run of the comparison is about: the first with a world of its own."""
    return next(contender.scenario for contender in contenders if contender.is_world)


def name_apart(contenders: Sequence[Contender]) -> list[Contender]:
    """The contenders under labels that differ: repeats get #2, #3 and so on."""
    seen: set[str] = set()
    labelled = []
    for contender in contenders:
        label, number = contender.label, 1
        while label in seen:
            number += 1
            label = f"{contender.label}#{number}"
        seen.add(label)
        labelled.append(replace(contender, label=label))
    return labelled
