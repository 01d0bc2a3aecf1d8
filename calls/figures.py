"""Questions about doubtful figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from ..inputs.arguments import take_two
from ..inputs.scenario import Scenario
from ..model.work.clock import Clock
from ..model.work.fan_out import Crew
from ..model.work.store import Store
from ..results.result import Result
from .asking import keep_options
from .progress import Tell, following

if TYPE_CHECKING:
    from ..model.studies.figures.findings import FigureStudy

Method = Literal["tornado", "breakeven", "sobol", "sample", "voi"]


@keep_options(samples=take_two)
def question_figures(
    scenario: Scenario,
    *,
    method: Method = "tornado",
    figures: Sequence[str] = (),
    samples: int | None = None,
    options: int = 20,
    seed: int = 0,
    gap: float | None = None,
    time_limit: float | None = None,
    workers: int = 1,
    dask: str | None = None,
    progress: bool = False,
    store: Store | None = None,
    report: Tell | None = None,
) -> Result:
    """Which doubtful figures matter to the decision, and at which value it turns.

    `method`: one figure at a time to its ends (tornado) or until the plan flips (breakeven); all at
    once (sobol, sample); or what knowing one before choosing is worth (voi). `figures`: paths, as
    `assumptions.ID`, `effects.ID.points` or `group:NAME`; all with a range without them.
    `samples`: joint samples (1000), or base samples of Sobol's scheme (128); `options`: plans to
    choose among, of voi. `gap`: a share of the gain; 1e-6, or 1e-3 with more than 100 on/off
    decisions, without one. `time_limit` in seconds; `dask`: the address of a running cluster in
    place of `workers`. The first table has a row for each figure, gains and worths in points.
    Raises InputError, Infeasible, SolverFailed.

    >>> import stratafolio as sf
    >>> doubtful = {"effects": {"labs_frontier": {"points_low": 1, "points_high": 4}}}
    >>> tornado = sf.question_figures(sf.read_scenario("textbook").change(doubtful))
    >>> tornado.to_frame()[["gain_low_points", "gain_high_points"]].round(3).values.tolist()
    [[1.375, 1.917]]
    """
    from ..results.studies.figures import tabulate

    with following(f"figures of {scenario.name}", progress, report) as tell:
        crew = Crew(workers, dask, Clock(time_limit), tell, store or Store())
        study = _ask(scenario, method, figures, samples, options, seed, gap, crew)
    return Result("sensitivity inputs", scenario, tabulate(study), study)


def _ask(
    scenario: Scenario,
    method: Method,
    figures: Sequence[str],
    samples: int | None,
    options: int,
    seed: int,
    gap: float | None,
    crew: Crew,
) -> FigureStudy:
    if method == "tornado":
        from ..model.studies.figures.tornado import draw_tornado

        return draw_tornado(scenario, figures, gap, crew)
    if method == "breakeven":
        from ..model.studies.figures.breakeven import find_break_evens

        return find_break_evens(scenario, figures, gap, crew)
    if method == "sobol":
        from ..model.studies.figures.sobol import share_variance

        return share_variance(scenario, figures, samples or 128, seed, gap, crew)
    if method == "voi":
        from ..model.studies.figures.voi import value_knowledge

        return value_knowledge(scenario, figures, samples or 1000, options, seed, gap, crew)
    from ..model.studies.figures.sample import draw_samples

    return draw_samples(scenario, figures, samples or 1000, seed, gap, crew)
