"""Questions about weights."""

from __future__ import annotations

from collections.abc import Sequence

from ..inputs.arguments import take_share
from ..inputs.scenario import Scenario
from ..model.work.store import Store
from ..results.result import Result
from .asking import keep_options
from .progress import Tell, following, tell_worst


@keep_options(tolerance=take_share)
def sample_weights(
    scenario: Scenario,
    *,
    samples: int = 1000,
    seed: int = 0,
    tolerance: float = 0.01,
    around: str | None = None,
    spread: float | None = None,
    where: Sequence[str] = (),
    stakeholder: str | None = None,
    time_limit: float | None = None,
    workers: int = 1,
    progress: bool = False,
    store: Store | None = None,
    report: Tell | None = None,
) -> Result:
    """Which programmes are funded under how many of the weightings drawn.

    `tolerance`: the share of the best gain that an answer may lose; `around` a weighting (`spread`
    says how far) instead of from all there are; `where`: statements that the weightings keep, or
    those of a `stakeholder`; `time_limit` in seconds. Shares are from 0 to 1; the table `samples`
    has a row for each weighting. Raises InputError, Infeasible, SolverFailed.

    >>> import stratafolio as sf
    >>> drawn = sf.sample_weights(sf.read_scenario("textbook"), samples=50)
    >>> drawn.to_frame("instruments").set_index("id")["funded_share"].to_dict()
    {'power': 1.0, 'labs': 1.0, 'controls': 1.0}
    """
    from ..model.studies.weights.choose_region import choose_region
    from ..model.studies.weights.samples import sample_weights as draw_weights
    from ..model.studies.weights.sweep import open_sweep
    from ..results.studies.weights import tabulate

    region = choose_region(
        scenario, around=around, spread=spread, where=where, stakeholder=stakeholder
    )
    with following(f"weighing {scenario.name}", progress, report) as tell:
        sweep = open_sweep(scenario, tolerance, workers, time_limit, store or Store())

        def say(done: int, total: int, worst: float) -> None:
            tell(done, total, f"{tell_worst(worst)}, {sweep.solves} solves")

        sampled = draw_weights(sweep, region, samples, seed, say)
    record = tabulate(scenario, sampled)
    return Result("sensitivity weights", scenario, record, sampled)


@keep_options(tolerance=take_share)
def map_weights(
    scenario: Scenario,
    *,
    tolerance: float = 0.05,
    pillars: bool = False,
    layers: Sequence[str] | None = None,
    where: Sequence[str] = (),
    stakeholder: str | None = None,
    time_limit: float | None = None,
    workers: int = 1,
    progress: bool = False,
    store: Store | None = None,
    report: Tell | None = None,
) -> Result:
    """A few portfolios, one of them within `tolerance` of the best gain under every weighting.

    What moves is the weight of all layers, of some, or of the scenario's `pillars`; `where`:
    statements that the weightings keep; `time_limit` in seconds. Stopped by Ctrl-C it gives what is
    proven by then, with `interrupted` true. `certified_regret` is a share of the best gain,
    `certified_points` points. Raises InputError, Infeasible, SolverFailed.

    >>> import stratafolio as sf
    >>> weight_map = sf.map_weights(sf.read_scenario("textbook"))
    >>> len(weight_map.to_frame("portfolios")), weight_map.record["certified_regret"] <= 0.05
    (2, True)
    """
    from ..model.studies.weights.choose_region import choose_region, place_stakeholders
    from ..model.studies.weights.map import map_weights as cover_weights
    from ..model.studies.weights.sweep import open_sweep
    from ..results.studies.map import tabulate

    region = choose_region(scenario, layers, pillars, where=where, stakeholder=stakeholder)
    with following(f"mapping {scenario.name}", progress, report) as tell:
        sweep = open_sweep(scenario, tolerance, workers, time_limit, store or Store())

        def say(done: float, total: float, worst: float) -> None:
            tell(done, total, f"{tell_worst(worst)}, {sweep.solves} solves")

        weight_map = cover_weights(sweep, region, tolerance, place_stakeholders(scenario), say)
    record = tabulate(scenario, weight_map)
    return Result("sensitivity map", scenario, record, weight_map)


@keep_options(tolerance=take_share)
def find_flip(
    scenario: Scenario,
    *,
    tolerance: float = 0.001,
    time_limit: float | None = None,
    workers: int = 1,
    progress: bool = False,
    store: Store | None = None,
    report: Tell | None = None,
) -> Result:
    """The weights nearest to the scenario's at which other programmes are funded.

    And for each layer, its weight from 0 to 1 with the others in proportion. `tolerance`: the share
    of the best gain that today's programmes may lose before they go; `time_limit` in seconds.
    Shifts are percentage points of weight. Raises InputError, Infeasible, SolverFailed.

    >>> import stratafolio as sf
    >>> flip = sf.find_flip(sf.read_scenario("textbook"))
    >>> flip.record["nearest"] is None, flip.record["proven_none_within_pp"]
    (True, 100.0)
    """
    from ..model.studies.weights.flip import find_flips, find_today, hold_today
    from ..model.studies.weights.sweep import open_sweep
    from ..results.studies.flip import tabulate

    with following(f"turning {scenario.name}", progress, report) as tell:
        free = open_sweep(scenario, tolerance, workers, time_limit, store or Store())

        def say(done: float, total: float, what: str) -> None:
            tell(done, total, f"{what}, {free.solves} solves")

        today = find_today(free)
        flips = find_flips(free, hold_today(free, today), today, tolerance, say)
    return Result("sensitivity flip", scenario, tabulate(scenario, flips), flips)
