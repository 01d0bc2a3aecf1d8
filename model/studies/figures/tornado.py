"""Each figure at its low and its high value: the plan kept, and the plan chosen anew.

Figures are ranked by what they decide: first those that change the funded set, by what keeping
the plan would then lose; then by how far the gain moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ....inputs.figures import Figure, list_figures
from ....inputs.scenario import Scenario
from ...work.fan_out import Crew
from .asking import Asking, refuse_nothing
from .findings import FigureStudy, Swing


def draw_tornado(
    scenario: Scenario,
    named: Sequence[str] = (),
    gap: float | None = None,
    crew: Crew | None = None,
) -> FigureStudy:
    """Every figure's swing, the most decisive first.

    Raises InputError, Infeasible and SolverFailed.
    """
    figures = list_figures(scenario, named)
    asking = Asking(scenario, gap, crew or Crew())
    swings = rank_swings(asking, figures)
    study = asking.conclude("tornado", figures, asked=len(figures), answered=len(swings))
    return replace(study, swings=swings)


def rank_swings(asking: Asking, figures: Sequence[Figure]) -> list[Swing]:
    """The swings of those figures that time suffices for, the most decisive first.

    Raises SolverFailed where it suffices for none.
    """
    ends = [(figure, end) for figure in figures for end in (figure.low, figure.high)]
    patches = [figure.patch(end) for figure, end in ends if end is not None]
    answers = asking.ask(patches, "figures at their ends", held=True)
    swings = []
    for at, figure in enumerate(figures):
        low, high = answers[2 * at : 2 * at + 2]
        if low is None or high is None or figure.low is None or figure.high is None:
            continue
        swings.append(
            Swing(
                figure,
                asking.compare(figure, figure.low, low),
                asking.compare(figure, figure.high, high),
            )
        )
    refuse_nothing(len(swings))
    return sorted(swings, key=lambda s: (not s.flips, -s.lost, -s.swing))
