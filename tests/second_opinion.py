"""A second opinion on small scenarios: equations 1-6 and every limit, in plain loops.

Written from the text of the design alone and sharing no code with the package, so that the two can
be held against each other. A document is a resolved scenario as one would write it in YAML: tables
are mappings of id to fields, what is left out has its default, and null means absent.

Where the text leaves room, this is how it is read here:

- A year's spending counts as funded above 1e-6; smaller amounts still count as money.
- Private money and `budget.total` with outlays take all outlays, also those after `last`; a
  `crowd_in` limit in each year holds in the years `first`..`last`.
- With `carry_over` and outlays, a year that a mapping leaves uncapped stands outside the sums.
- `requires` without `lead_time` means 0; a stage's layers have weights that sum to 1 within it.
- `worth` goes on with its end slopes on both sides.
- Years of a `spend` limit outside the scenario's spending years are left out.
"""

import itertools
import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]
Fields = Mapping[str, Any]
ByYear = dict[int, float]
Spending = dict[str, ByYear]

FUNDED = 1e-6  # a year with more than this is a funded one
TOKEN = 0.001  # an on/off instrument spends at least this in a funded year


# --- reading ---------------------------------------------------------------------------------


def _get(fields: Fields, key: str, default: Any = None) -> Any:
    """The value of a field, with null read as absent."""
    value = fields.get(key)
    return default if value is None else value


def _table(document: Document, name: str) -> dict[str, Fields]:
    """The rows of a table that are not null."""
    return {key: row for key, row in _get(document, name, {}).items() if row is not None}


def _ends(document: Document) -> tuple[int, int, int]:
    """First and last year of spending, and the last year that is scored."""
    years = document["years"]
    first, last = int(years["first"]), int(years["last"])
    return first, last, int(_get(years, "score_until", last + 5))


def spending_years(document: Document) -> list[int]:
    """The years in which money may be spent."""
    first, last, _ = _ends(document)
    return list(range(first, last + 1))


def scored_years(document: Document) -> list[int]:
    """The years in which leads are scored."""
    first, _, until = _ends(document)
    return list(range(first, until + 1))


def outlay_years(document: Document) -> list[int]:
    """The years in which some plan may have outlays."""
    first, last, _ = _ends(document)
    longest = max(
        (len(_get(row, "spendout", [1])) for row in _table(document, "instruments").values()),
        default=1,
    )
    return list(range(first, last + longest))


def own_years(document: Document, instrument: str) -> list[int]:
    """The years in which an instrument may be funded, clipped to the scenario's."""
    row = _table(document, "instruments")[instrument]
    first, last, _ = _ends(document)
    start = max(first, int(_get(row, "first_year", first)))
    end = min(last, int(_get(row, "last_year", last)))
    return list(range(start, end + 1))


def weights_of(document: Document) -> dict[str, float]:
    """Every layer's weight, normalised to sum to 1."""
    given = _get(document, "weights", {})
    raw = {layer: float(_get(given, layer, 0.0)) for layer in _table(document, "layers")}
    whole = sum(raw.values())
    return {layer: weight / whole for layer, weight in raw.items()}


def discount_factors(document: Document) -> ByYear:
    """The weight of each scored year, normalised to sum to 1."""
    rate = float(_get(document, "discount_rate", 0.03))
    years = scored_years(document)
    raw = {year: (1.0 + rate) ** -(year - years[0]) for year in years}
    whole = sum(raw.values())
    return {year: factor / whole for year, factor in raw.items()}


def _counted_in(row: Fields) -> list[str]:
    """The instruments that a constraint makes on/off, as far as it names them."""
    kind = row["kind"]
    if kind in ("choose", "launches"):
        return list(_get(row, "of", []))
    if kind == "requires":
        return [row["instrument"], *row["needs"]]
    return list(row["instruments"]) if kind == "fund" else []


def on_off_instruments(document: Document) -> list[str]:
    """The instruments that are on/off, in the document's order."""
    counted = [
        name for row in _table(document, "constraints").values() for name in _counted_in(row)
    ]
    return [
        name
        for name, row in _table(document, "instruments").items()
        if _get(row, "min_per_year", 0) > 0
        or _get(row, "all_or_nothing", False)
        or _get(row, "launch_cost", 0) > 0
        or _get(row, "run_years") is not None
        or name in counted
    ]


# --- equations 1 to 6 ------------------------------------------------------------------------


@dataclass(frozen=True)
class Played:
    """What a plan does, year by year, and what that is worth beside spending nothing."""

    spending: Spending  # every instrument, every spending year, without launch costs
    launch_costs: Spending
    outlays: Spending
    private: Spending
    stocks: dict[str, ByYear]
    reaches: dict[str, ByYear]
    leads: dict[str, ByYear]
    discount: ByYear
    weights: dict[str, float]
    outcome: dict[str, float]
    score: float
    baseline_leads: dict[str, ByYear]
    baseline_outcome: dict[str, float]
    baseline_score: float
    gain: float

    @property
    def private_bn(self) -> float:
        """All private money that the plan moves."""
        return sum(sum(path.values()) for path in self.private.values())


def _between(points: Sequence[Sequence[float]], at: float) -> float:
    """The value at a place on or between the first and the last point of a line."""
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        if x0 <= at <= x1:
            return float(y0 + (y1 - y0) * (at - x0) / (x1 - x0))
    raise ValueError(f"{at} is off the line {points}")


def reach_of(
    curve: str | Sequence[Sequence[float]],
    scale: float | None,
    stock: float,
    breakpoints: Sequence[float] | None,
) -> float:
    """Equation 3: how far a stock reaches; a saturating curve is smooth without breakpoints."""
    if isinstance(curve, str):
        if scale is None:
            raise ValueError(f"a {curve} curve needs a scale")
        units = stock / scale
        if curve == "linear":
            return units
        if curve != "saturating":
            raise ValueError(f"unknown curve {curve}")
        if breakpoints is None:
            return 1.0 - math.pow(2.0, -units)
        places = sorted({0.0, *breakpoints})
        line: Sequence[Sequence[float]] = [(u, 1.0 - math.pow(2.0, -u)) for u in places]
        at = units
    else:
        line, at = curve, stock
    if at >= line[-1][0]:
        return float(line[-1][1])
    return _between(line, max(at, 0.0))


def worth_of(worth: Sequence[Sequence[float]] | None, lead: float) -> float:
    """What a lead is worth; beyond its ends the curve goes on with its end slopes."""
    if worth is None:
        return lead
    if worth[0][0] <= lead <= worth[-1][0]:
        return _between(worth, lead)
    (x0, y0), (x1, y1) = worth[:2] if lead < worth[0][0] else worth[-2:]
    return float(y0 + (y1 - y0) / (x1 - x0) * (lead - x0))


def _trait(document: Document, effect: Fields, name: str, default: Any = None) -> Any:
    """A trait of an effect: its own, else its instrument's, else the default."""
    instrument = _table(document, "instruments")[effect["instrument"]]
    return _get(effect, name, _get(instrument, name, default))


def _play_instrument(
    document: Document, instrument: str, path: ByYear, breakpoints: Sequence[float] | None
) -> tuple[ByYear, dict[str, ByYear], dict[str, ByYear]]:
    """Equations 1 to 3 for one instrument: its outlays, and its effects' stocks and reaches."""
    row = _table(document, "instruments")[instrument]
    outlays: ByYear = {}
    for year in outlay_years(document):
        outlays[year] = 0.0
        for wait, share in enumerate(_get(row, "spendout", [1])):
            outlays[year] += share * path.get(year - wait, 0.0)
    stocks: dict[str, ByYear] = {}
    reaches: dict[str, ByYear] = {}
    for name, effect in _table(document, "effects").items():
        if effect["instrument"] != instrument:
            continue
        half_life = _trait(document, effect, "half_life", "never")
        kept = 1.0 if half_life == "never" else 2.0 ** (-1.0 / half_life)
        lag = int(_trait(document, effect, "lag", 0))
        curve = _trait(document, effect, "curve", "saturating")
        scale = _trait(document, effect, "scale")
        stock = 0.0
        stocks[name], reaches[name] = {}, {}
        for year in scored_years(document):
            stock = kept * stock + outlays.get(year - lag, 0.0)
            stocks[name][year] = stock
            reaches[name][year] = reach_of(curve, scale, stock, breakpoints)
    return outlays, stocks, reaches


def _leads(document: Document, reaches: Mapping[str, ByYear]) -> dict[str, ByYear]:
    """Equation 4: the lead in each layer and year; an effect without a reach has none."""
    first, _, until = _ends(document)
    leads: dict[str, ByYear] = {}
    for name, layer in _table(document, "layers").items():
        shared = _get(layer, "kind", "lead") == "level"
        lead = float(_get(layer, "us", 0)) - (0.0 if shared else float(_get(layer, "china", 0)))
        trend = float(_get(layer, "us_trend", 0))
        trend -= 0.0 if shared else float(_get(layer, "china_trend", 0))
        stop = int(_get(layer, "trend_until", until))
        leads[name] = {
            year: lead + trend * (min(year, stop) - first) for year in scored_years(document)
        }
    for name, effect in _table(document, "effects").items():
        for year, reach in reaches.get(name, {}).items():
            leads[effect["layer"]][year] += effect["points"] * reach
    for interaction in _table(document, "interactions").values():
        one, other = (reaches.get(effect, {}) for effect in interaction["between"])
        points = interaction["points"]
        for year in scored_years(document):
            a, b = one.get(year, 0.0), other.get(year, 0.0)
            joint = min(a, b) if points > 0 else max(0.0, a + b - 1.0)
            leads[interaction["layer"]][year] += points * joint
    return leads


def _outcomes(document: Document, leads: Mapping[str, ByYear]) -> dict[str, float]:
    """Equation 5: the outcome of each layer."""
    discount = discount_factors(document)
    return {
        name: sum(
            discount[year] * worth_of(_get(layer, "worth"), lead)
            for year, lead in leads[name].items()
        )
        for name, layer in _table(document, "layers").items()
    }


def _launch_costs(document: Document, plan: Spending) -> Spending:
    """The launch costs of a plan, in the first funded year of each instrument that has one."""
    costs: Spending = {}
    for name, path in plan.items():
        cost = float(_get(_table(document, "instruments")[name], "launch_cost", 0))
        funded = funded_years(path)
        costs[name] = {funded[0]: cost} if funded and cost > 0 else {}
    return costs


def funded_years(path: ByYear) -> list[int]:
    """The years in which a path of spending counts as funded."""
    return sorted(year for year, amount in path.items() if amount > FUNDED)


def _complete(document: Document, spending: Mapping[str, Mapping[int, float]]) -> Spending:
    """The plan with every instrument and spending year; what lies outside them is left out."""
    return {
        name: {
            year: float(spending.get(name, {}).get(year, 0.0)) for year in spending_years(document)
        }
        for name in _table(document, "instruments")
    }


def _strays(
    document: Document, spending: Mapping[str, Mapping[int, float]]
) -> list[tuple[str, int, float]]:
    """Spending outside the scenario's years; an unknown instrument is a ValueError."""
    unknown = [name for name in spending if name not in _table(document, "instruments")]
    if unknown:
        raise ValueError(f"no such instruments: {', '.join(unknown)}")
    years = spending_years(document)
    return [
        (name, year, amount)
        for name, path in spending.items()
        for year, amount in path.items()
        if year not in years and amount != 0
    ]


_Part = tuple[ByYear, dict[str, ByYear], dict[str, ByYear]]


class _Stage:
    """Plays plans of one document; an instrument's part is kept, as it recurs in many plans."""

    def __init__(self, document: Document, breakpoints: Sequence[float] | None) -> None:
        self.document = document
        self.breakpoints = breakpoints
        self.weights = weights_of(document)
        self.discount = discount_factors(document)
        self.parts: dict[tuple[str, tuple[tuple[int, float], ...]], _Part] = {}
        self.baseline_leads = _leads(document, {})
        self.baseline_outcome = _outcomes(document, self.baseline_leads)

    def _part(self, instrument: str, path: ByYear) -> _Part:
        key = (instrument, tuple(path.items()))
        if key not in self.parts:
            self.parts[key] = _play_instrument(self.document, instrument, path, self.breakpoints)
        return self.parts[key]

    def _score(self, outcome: Mapping[str, float]) -> float:
        return sum(self.weights[layer] * value for layer, value in outcome.items())

    def play(self, plan: Spending) -> Played:
        """What a complete plan does."""
        instruments = _table(self.document, "instruments")
        outlays: Spending = {}
        private: Spending = {}
        stocks: dict[str, ByYear] = {}
        reaches: dict[str, ByYear] = {}
        for name, path in plan.items():
            outlays[name], its_stocks, its_reaches = self._part(name, path)
            crowd_in = float(_get(instruments[name], "crowd_in", 0))
            private[name] = {year: crowd_in * amount for year, amount in outlays[name].items()}
            stocks.update(its_stocks)
            reaches.update(its_reaches)
        leads = _leads(self.document, reaches)
        outcome = _outcomes(self.document, leads)
        score, baseline_score = self._score(outcome), self._score(self.baseline_outcome)
        return Played(
            spending=plan,
            launch_costs=_launch_costs(self.document, plan),
            outlays=outlays,
            private=private,
            stocks=stocks,
            reaches=reaches,
            leads=leads,
            discount=self.discount,
            weights=self.weights,
            outcome=outcome,
            score=score,
            baseline_leads=self.baseline_leads,
            baseline_outcome=self.baseline_outcome,
            baseline_score=baseline_score,
            gain=score - baseline_score,
        )


def play(
    document: Document,
    spending: Mapping[str, Mapping[int, float]],
    *,
    breakpoints: Sequence[float] | None = None,
) -> Played:
    """Plays a plan forward through equations 1 to 6; spending outside the years is an error."""
    strays = _strays(document, spending)
    if strays:
        raise ValueError(f"spending outside the scenario's years: {strays}")
    return _Stage(document, breakpoints).play(_complete(document, spending))


# --- limits ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Limit:
    """One limit in one period (no year: the horizon), and what a plan makes of it."""

    id: str
    year: int | None
    sense: str  # at_least or at_most
    value: float
    limit: float

    @property
    def violation(self) -> float:
        """By how much the limit is broken, relative to max(1, |limit|); 0 if it holds."""
        over = self.value - self.limit if self.sense == "at_most" else self.limit - self.value
        return max(0.0, over) / max(1.0, abs(self.limit))

    def __str__(self) -> str:
        when = "" if self.year is None else f" {self.year}"
        words = self.sense.replace("_", " ")
        return f"{self.id}{when}: {self.value:.9g}, {words} {self.limit:.9g}"


def _sides(
    id_: str, year: int | None, row: Fields, value: float, unit: float = 1.0
) -> Iterator[Limit]:
    """The limits of the sides `at_least` and `at_most` that a row gives, times a unit."""
    for sense in ("at_least", "at_most"):
        side = _get(row, sense)
        if side is not None:
            yield Limit(id_, year, sense, value, side * unit)


def _instrument_limits(document: Document, played: Played) -> Iterator[Limit]:
    """What each instrument's own fields allow."""
    on_off = on_off_instruments(document)
    for name, row in _table(document, "instruments").items():
        path, own = played.spending[name], own_years(document, name)
        before = 0.0
        for year, amount in path.items():
            yield Limit(f"instruments.{name}.not_negative", year, "at_least", amount, 0.0)
            yield Limit(
                f"instruments.{name}.max_per_year", year, "at_most", amount, row["max_per_year"]
            )
            if year not in own:
                yield Limit(f"instruments.{name}.own_years", year, "at_most", amount, 0.0)
            growth = _get(row, "max_growth")
            if growth is not None:
                id_ = f"instruments.{name}.max_growth"
                yield Limit(id_, year, "at_most", amount - before, growth)
            before = amount
        if name in on_off:
            yield from _on_off_limits(name, row, path)


def _on_off_limits(name: str, row: Fields, path: ByYear) -> Iterator[Limit]:
    """What holds for an on/off instrument: its least amount, and one unbroken run."""
    funded = funded_years(path)
    least = max(float(_get(row, "min_per_year", 0)), TOKEN)
    for year in funded:
        yield Limit(f"instruments.{name}.min_per_year", year, "at_least", path[year], least)
        if _get(row, "all_or_nothing", False):
            id_, whole = f"instruments.{name}.all_or_nothing", row["max_per_year"]
            yield Limit(id_, year, "at_least", path[year], whole)
            yield Limit(id_, year, "at_most", path[year], whole)
    if not funded:
        return
    breaks = funded[-1] - funded[0] + 1 - len(funded)
    yield Limit(f"instruments.{name}.one_run", None, "at_most", breaks, 0)
    run = _get(row, "run_years")
    if run is not None:
        for sense in ("at_least", "at_most"):
            yield Limit(f"instruments.{name}.run_years", None, sense, len(funded), run)


def _authority(played: Played, name: str, year: int) -> float:
    """Authority with launch costs."""
    return played.spending[name].get(year, 0.0) + played.launch_costs[name].get(year, 0.0)


def _budget_limits(document: Document, played: Played) -> Iterator[Limit]:
    """The caps on money in each year and in all."""
    budget = document["budget"]
    counts_outlays = _get(budget, "counts", "authority") == "outlays"
    years = outlay_years(document) if counts_outlays else spending_years(document)
    counted = played.outlays if counts_outlays else played.spending
    used = {
        year: sum(
            counted[name].get(year, 0.0) + played.launch_costs[name].get(year, 0.0)
            for name in counted
        )
        for year in years
    }
    caps = _get(budget, "per_year")
    if isinstance(caps, Mapping):
        named = {int(year): cap for year, cap in caps.items() if cap is not None}
        caps = {year: named[year] for year in sorted(named)}
    elif caps is not None:
        caps = dict.fromkeys(years, caps)
    sum_used = sum_caps = 0.0
    for year, cap in (caps or {}).items():
        if not _get(budget, "carry_over", False):
            sum_used = sum_caps = 0.0
        sum_used += used.get(year, 0.0)
        sum_caps += cap
        yield Limit("budget.per_year", year, "at_most", sum_used, sum_caps)
    total = _get(budget, "total")
    if total is not None:
        yield Limit("budget.total", None, "at_most", sum(used.values()), total)


def _members(document: Document, row: Fields) -> list[str]:
    """The instruments that `of` names, each once; an area stands for all of its instruments."""
    instruments = _table(document, "instruments")
    named = _get(row, "of")
    if named is None:
        return list(instruments)
    return [
        name for name, fields in instruments.items() if name in named or fields["area"] in named
    ]


def _spend_limits(document: Document, played: Played, id_: str, row: Fields) -> Iterator[Limit]:
    members, years = _members(document, row), spending_years(document)
    a, b = _get(row, "years", [years[0], years[-1]])
    years = [year for year in years if a <= year <= b]
    periods = [years] if _get(row, "each", "year") == "horizon" else [[year] for year in years]
    for period in periods:
        value = sum(_authority(played, name, year) for name in members for year in period)
        whole = sum(_authority(played, name, year) for name in played.spending for year in period)
        unit = whole if _get(row, "unit", "bn") == "share" else 1.0
        when = period[0] if _get(row, "each", "year") == "year" else None
        yield from _sides(id_, when, row, value, unit)


def _lead_limits(document: Document, played: Played, id_: str, row: Fields) -> Iterator[Limit]:
    a, b = row["years"]
    for year in scored_years(document):
        if a <= year <= b:
            yield from _sides(id_, year, row, played.leads[row["layer"]][year])


def _crowd_in_limits(document: Document, played: Played, id_: str, row: Fields) -> Iterator[Limit]:
    members = _members(document, row)
    if _get(row, "each", "horizon") == "horizon":
        value = sum(sum(played.private[name].values()) for name in members)
        yield from _sides(id_, None, row, value)
        return
    for year in spending_years(document):
        value = sum(played.private[name].get(year, 0.0) for name in members)
        yield from _sides(id_, year, row, value)


def _choose_limits(document: Document, played: Played, id_: str, row: Fields) -> Iterator[Limit]:
    funded = {name: funded_years(played.spending[name]) for name in row["of"]}
    if _get(row, "each", "horizon") == "horizon":
        yield from _sides(id_, None, row, sum(1 for years in funded.values() if years))
        return
    for year in spending_years(document):
        yield from _sides(id_, year, row, sum(1 for years in funded.values() if year in years))


def _requires_limits(_document: Document, played: Played, id_: str, row: Fields) -> Iterator[Limit]:
    for need in row["needs"]:
        begun = funded_years(played.spending[need])
        for year in funded_years(played.spending[row["instrument"]]):
            waited = float(year - begun[0]) if begun else -math.inf
            yield Limit(id_, year, "at_least", waited, _get(row, "lead_time", 0))


def _launches_limits(document: Document, played: Played, id_: str, row: Fields) -> Iterator[Limit]:
    # Without `of` a launches limit makes nothing on/off, so the others decide what it counts.
    members = _get(row, "of", on_off_instruments(document))
    starts = [funded_years(played.spending[name])[:1] for name in members]
    for year in spending_years(document):
        yield from _sides(id_, year, row, starts.count([year]))


def _fund_limits(document: Document, played: Played, id_: str, row: Fields) -> Iterator[Limit]:
    for name in row["instruments"]:
        funded = funded_years(played.spending[name])
        for year in own_years(document, name):
            if year >= row["from"]:
                yield Limit(id_, year, "at_least", float(year in funded), 1)


def _ban_limits(_document: Document, played: Played, id_: str, row: Fields) -> Iterator[Limit]:
    for name in row["instruments"]:
        for year, amount in played.spending[name].items():
            yield Limit(id_, year, "at_most", amount, 0)


_KINDS: dict[str, Callable[[Document, Played, str, Fields], Iterator[Limit]]] = {
    "spend": _spend_limits,
    "lead": _lead_limits,
    "crowd_in": _crowd_in_limits,
    "choose": _choose_limits,
    "requires": _requires_limits,
    "launches": _launches_limits,
    "fund": _fund_limits,
    "ban": _ban_limits,
}


def _limits(document: Document, played: Played) -> Iterator[Limit]:
    """Every limit that a played plan meets or breaks."""
    yield from _instrument_limits(document, played)
    yield from _budget_limits(document, played)
    for name, row in _table(document, "constraints").items():
        yield from _KINDS[row["kind"]](document, played, f"constraints.{name}", row)


def all_limits(
    document: Document,
    spending: Mapping[str, Mapping[int, float]],
    *,
    breakpoints: Sequence[float] | None = None,
) -> list[Limit]:
    """Every limit in every period, met or broken; logical ones only where they come to bear."""
    strays = [
        Limit(f"instruments.{name}.own_years", year, "at_most", abs(amount), 0.0)
        for name, year, amount in _strays(document, spending)
    ]
    played = _Stage(document, breakpoints).play(_complete(document, spending))
    return [*strays, *_limits(document, played)]


def broken_limits(
    document: Document,
    spending: Mapping[str, Mapping[int, float]],
    tol: float = 1e-6,
    *,
    breakpoints: Sequence[float] | None = None,
) -> list[str]:
    """Every limit that a plan breaks, as a sentence that begins with the limit's id."""
    limits = all_limits(document, spending, breakpoints=breakpoints)
    return [str(limit) for limit in limits if limit.violation > tol]


# --- brute force -----------------------------------------------------------------------------


class NoPlan(ValueError):
    """No plan keeps every limit."""


def _runs(document: Document, instrument: str) -> list[list[int]]:
    """The sets of years in which an all-or-nothing instrument may be funded, none first."""
    years = own_years(document, instrument)
    length = _get(_table(document, "instruments")[instrument], "run_years")
    return [[]] + [
        years[start:end]
        for start in range(len(years))
        for end in range(start + 1, len(years) + 1)
        if length is None or end - start == length
    ]


def count_plans(document: Document) -> int:
    """How many plans `every_all_or_nothing_plan` gives."""
    return math.prod(len(_runs(document, name)) for name in _table(document, "instruments"))


def every_all_or_nothing_plan(document: Document) -> Iterator[Spending]:
    """Every plan of a document whose instruments are all all-or-nothing, limits aside."""
    instruments = _table(document, "instruments")
    for name, row in instruments.items():
        if not _get(row, "all_or_nothing", False):
            raise ValueError(f"{name} is not all-or-nothing")
    for runs in itertools.product(*(_runs(document, name) for name in instruments)):
        yield {
            name: {year: float(instruments[name]["max_per_year"]) for year in run}
            for name, run in zip(instruments, runs, strict=True)
            if run
        }


@dataclass(frozen=True)
class _Candidate:
    """A plan that keeps every limit, with what the objectives ask for."""

    spending: Spending
    total: float
    score: float
    gain: float
    outcome: dict[str, float]
    outcome_gain: dict[str, float]


def _candidates(document: Document, breakpoints: Sequence[float] | None) -> list[_Candidate]:
    """Every all-or-nothing plan that keeps every limit; NoPlan if there is none."""
    stage = _Stage(document, breakpoints)
    found: list[_Candidate] = []
    for spending in every_all_or_nothing_plan(document):
        played = stage.play(_complete(document, spending))
        if any(limit.violation > 1e-6 for limit in _limits(document, played)):
            continue
        found.append(
            _Candidate(
                spending=spending,
                total=sum(sum(path.values()) for path in spending.values()),
                score=played.score,
                gain=played.gain,
                outcome=played.outcome,
                outcome_gain={
                    layer: value - played.baseline_outcome[layer]
                    for layer, value in played.outcome.items()
                },
            )
        )
    if not found:
        raise NoPlan("no plan keeps every limit")
    return found


def _keep(
    plans: list[_Candidate], value: Callable[[_Candidate], float], within: float = 1e-6
) -> tuple[float, list[_Candidate]]:
    """The largest value, and the plans whose value is within a hair of it."""
    best = max(value(plan) for plan in plans)
    least = best - within * max(1.0, abs(best))
    return best, [plan for plan in plans if value(plan) >= least]


def _pick(plans: list[_Candidate]) -> Spending:
    """The plan that spends least, of those whose gain is the largest but for rounding."""
    _, ties = _keep(plans, lambda plan: plan.gain, within=1e-9)
    return min(ties, key=lambda plan: plan.total).spending


def best_by_brute_force(
    document: Document, breakpoints: Sequence[float] | None
) -> tuple[float, Spending]:
    """The largest gain, and a plan that has it."""
    plans = _candidates(document, breakpoints)
    return max(plan.gain for plan in plans), _pick(plans)


def best_weakest(
    document: Document, breakpoints: Sequence[float] | None
) -> tuple[float, float, Spending]:
    """The largest smallest outcome gain, the best score among the plans that keep it, and one."""
    heavy = [layer for layer, weight in weights_of(document).items() if weight > 0]
    smallest, plans = _keep(
        _candidates(document, breakpoints),
        lambda plan: min(plan.outcome_gain[layer] for layer in heavy),
    )
    return smallest, max(plan.score for plan in plans), _pick(plans)


def stage_weights(document: Document) -> list[dict[str, float]]:
    """The layers' weights in each stage of `priorities`: in proportion, equal if all are 0."""
    weights = weights_of(document)
    stages: list[dict[str, float]] = []
    for layers in document["priorities"]:
        whole = sum(weights[layer] for layer in layers)
        stages.append(
            {layer: weights[layer] / whole if whole > 0 else 1 / len(layers) for layer in layers}
        )
    return stages


def best_lexicographic(
    document: Document, breakpoints: Sequence[float] | None
) -> tuple[tuple[float, ...], Spending]:
    """The best value of each stage among the plans that keep the earlier ones, the score last."""
    plans = _candidates(document, breakpoints)
    values: list[float] = []
    for stage in stage_weights(document):

        def stage_value(plan: _Candidate, stage: dict[str, float] = stage) -> float:
            return sum(weight * plan.outcome[layer] for layer, weight in stage.items())

        best, plans = _keep(plans, stage_value)
        values.append(best)
    return (*values, max(plan.score for plan in plans)), _pick(plans)


# --- random scenarios ------------------------------------------------------------------------

_AREAS = ["energy", "open_source", "research_compute", "export_controls", "safety"]
_LAYERS = [
    "frontier",
    "efficiency",
    "diffusion",
    "integration",
    "semiconductors",
    "safety_stability",
]
_INSTRUMENTS = ["grid", "labs", "chips", "checks", "talks"]
_SPENDOUTS = [[0.5, 0.5], [0.2, 0.5, 0.3], [0.6, 0.4], [0.25, 0.25, 0.25, 0.25], [0.0, 1.0]]


def _number(rng: random.Random, low: float, high: float, digits: int = 1) -> float:
    """A random number with few digits."""
    return round(rng.uniform(low, high), digits)


def _up(value: float, digits: int = 2) -> float:
    """The next number with few digits that is not below a value."""
    return float(math.ceil(value * 10**digits - 1e-9) / 10**digits)


def _down(value: float, digits: int = 2) -> float:
    """The last number with few digits that is not above a value."""
    return -_up(-value, digits)


def _chance(rng: random.Random, share: float) -> bool:
    """True in that share of the cases."""
    return rng.random() < share


def _some(rng: random.Random, among: Sequence[str], least: int, most: int) -> list[str]:
    """A few of them, in their order."""
    picked = rng.sample(list(among), min(rng.randint(least, most), len(among)))
    return [name for name in among if name in picked]


def _random_layer(rng: random.Random, name: str, first: int, until: int) -> dict[str, Any]:
    layer: dict[str, Any] = {"title": name.replace("_", " ").capitalize()}
    level = _chance(rng, 0.6 if name == "safety_stability" else 0.1)
    if level:
        layer |= {"kind": "level", "us": _number(rng, 0, 15)}
    elif _chance(rng, 0.8):
        layer |= {"us": _number(rng, 0, 20), "china": _number(rng, 0, 20)}
    if _chance(rng, 0.6):
        layer["us_trend"] = _number(rng, -1.5, 1.5, 2)
    if not level and _chance(rng, 0.5):
        layer["china_trend"] = _number(rng, -1, 2, 2)
    if _chance(rng, 0.35):
        layer["trend_until"] = rng.randint(first, until)
    if _chance(rng, 0.45):
        leads = sorted(rng.sample(range(-25, 26, 5), rng.randint(2, 4)))
        slopes = sorted(rng.sample([1.5, 1.2, 1.0, 0.8, 0.5, 0.3, 0.1], len(leads) - 1))
        worth = [[leads[0], _number(rng, -20, 0, 0)]]
        for (a, b), slope in zip(itertools.pairwise(leads), reversed(slopes), strict=True):
            worth.append([b, round(worth[-1][1] + slope * (b - a), 6)])
        layer["worth"] = worth
    return layer


def _random_curve(rng: random.Random, scale: float) -> Any:
    """A curve: mostly the saturating one, else linear or a concave, convex or S-shaped list."""
    kind = rng.choice(["saturating"] * 4 + ["linear", "concave", "concave", "convex", "s-shaped"])
    if kind in ("saturating", "linear"):
        return kind
    slopes = sorted(rng.uniform(0.1, 1.5) for _ in range(3))
    if kind == "concave":
        slopes.reverse()
    elif kind == "s-shaped":
        slopes = [slopes[0], slopes[2], slopes[1]]
    widths = [_number(rng, 0.2 * scale, 0.8 * scale, 2) for _ in slopes]
    top = sum(slope * width for slope, width in zip(slopes, widths, strict=True))
    points: list[list[float]] = [[0, 0]]
    stock = reach = 0.0
    for slope, width in zip(slopes, widths, strict=True):
        stock, reach = stock + width, reach + slope * width / top
        points.append([round(stock, 2), round(reach, 3)])
    return points


def _random_traits(rng: random.Random, share: float) -> dict[str, Any]:
    """Some of curve, scale, lag and half-life."""
    traits: dict[str, Any] = {}
    scale = _number(rng, 0.8, 5)
    if _chance(rng, share):
        traits["curve"] = _random_curve(rng, scale)
    if _chance(rng, share) and not isinstance(traits.get("curve"), list):
        traits["scale"] = scale
    if _chance(rng, share):
        traits["lag"] = rng.randint(0, 2)
    if _chance(rng, share):
        traits["half_life"] = rng.choice(["never", 0.5, 1, 2.5, 4, 8])
    return traits


def _random_instrument(
    rng: random.Random, areas: Sequence[str], first: int, last: int, whole: bool
) -> dict[str, Any]:
    """An instrument that can be started; a whole one is all-or-nothing."""
    most = _number(rng, 0.5, 3)
    row: dict[str, Any] = {"area": rng.choice(areas), "max_per_year": most}
    start, end = first, last
    if _chance(rng, 0.25):  # a year too early or too late is clipped
        row["first_year"] = rng.randint(first - 1, last)
        start = max(first, row["first_year"])
    if _chance(rng, 0.25):
        row["last_year"] = rng.randint(start, last + 1)
        end = min(last, row["last_year"])
    least = 0.0
    if whole or _chance(rng, 0.15):
        row["all_or_nothing"] = True
        least = most
    if _chance(rng, 0.1 if least else 0.4):
        row["min_per_year"] = _number(rng, 0.1, 0.6 * most, 2)
        least = least or row["min_per_year"]
    if _chance(rng, 0.3):
        row["launch_cost"] = _number(rng, 0.05, 0.6, 2)
    if _chance(rng, 0.2):
        row["run_years"] = rng.randint(1, end - start + 1)
    if _chance(rng, 0.1 if least == most else 0.35):
        row["max_growth"] = _up(rng.uniform(max(least, 0.2 * most), 1.2 * most))
    if _chance(rng, 0.5):
        row["spendout"] = rng.choice(_SPENDOUTS)
    if _chance(rng, 0.4):
        row["crowd_in"] = _number(rng, 0.2, 4)
    if _chance(rng, 0.15):
        row |= {"output": "units", "output_per_bn": _number(rng, 0.2, 3)}
    return row | _random_traits(rng, 0.4)


def _random_instruments(
    rng: random.Random, document: dict[str, Any], whole: bool, most_plans: int
) -> dict[str, dict[str, Any]]:
    """Two to five instruments; where all are whole, few enough plans to count them all."""
    first, last, _ = _ends(document)
    rows: dict[str, dict[str, Any]] = {}
    for name in _some(rng, _INSTRUMENTS, 2, 5):
        row = _random_instrument(rng, list(document["areas"]), first, last, whole)
        rows[name] = row
        if not whole or count_plans(document | {"instruments": rows}) <= most_plans:
            continue
        row["run_years"] = rng.randint(1, len(own_years({**document, "instruments": rows}, name)))
        if count_plans(document | {"instruments": rows}) > most_plans:
            del rows[name]
    return rows


def _random_effects(rng: random.Random, document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """One to three effects for each instrument, most of them good."""
    rows: dict[str, dict[str, Any]] = {}
    for instrument in document["instruments"]:
        for place in range(rng.randint(1, 3)):
            layer = rng.choice(list(document["layers"]))
            bad = place > 0 and _chance(rng, 0.4)
            points = _number(rng, 1, 8) * (-0.5 if bad else 1)
            row: dict[str, Any] = {"instrument": instrument, "layer": layer, "points": points}
            if _chance(rng, 0.2):
                row |= {"points_low": points - 1, "points_high": points + 0.5}
            row |= _random_traits(rng, 0.3)
            curve = _trait(document, row, "curve", "saturating")
            if isinstance(curve, str) and _trait(document, row, "scale") is None:
                row["scale"] = _number(rng, 0.8, 5)
            name = f"{instrument}_{layer}"
            rows[f"{name}_{place}" if name in rows else name] = row
    return rows


def _random_interactions(rng: random.Random, document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Up to two interactions between effects that are not linear."""
    bent = [
        name
        for name, row in document["effects"].items()
        if _trait(document, row, "curve", "saturating") != "linear"
    ]
    rows: dict[str, dict[str, Any]] = {}
    for place in range(rng.choice([0, 0, 1, 1, 2]) if len(bent) > 1 else 0):
        rows[f"interaction_{place}"] = {
            "between": rng.sample(bent, 2),
            "layer": rng.choice(list(document["layers"])),
            "points": _number(rng, 0.5, 4) * rng.choice([1, -1]),
        }
    return rows


def _random_plan(rng: random.Random, document: dict[str, Any]) -> Spending:
    """A plan that every instrument's own limits allow; the limits to come are drawn around it."""
    plan: Spending = {}
    for name, row in document["instruments"].items():
        if _chance(rng, 0.3):
            continue
        years = rng.choice(_runs(document, name)[1:])
        if _chance(rng, 0.4) and "run_years" not in row:
            years = [year for year in own_years(document, name) if year >= years[0]]
        most, amount = row["max_per_year"], 0.0
        least = max(row.get("min_per_year", 0.0), TOKEN)
        plan[name] = {}
        for year in years:
            top = min(most, _down(amount + row.get("max_growth", most)))
            amount = max(least, _down(rng.uniform(0.4 * top, top)))
            amount = most if row.get("all_or_nothing") else amount
            plan[name][year] = amount
    return plan


def _random_budget(rng: random.Random, document: dict[str, Any], plan: Spending) -> dict[str, Any]:
    """A budget of any form that the plan keeps."""
    _, last, _ = _ends(document)
    budget: dict[str, Any] = {}
    if _chance(rng, 0.4):
        budget["carry_over"] = _chance(rng, 0.8)
    if _chance(rng, 0.35):
        budget["counts"] = rng.choice(["outlays", "outlays", "authority"])
    outlays = budget.get("counts") == "outlays"
    years = outlay_years(document) if outlays else spending_years(document)
    free = dict.fromkeys(years, 1e9)
    limits = all_limits(document | {"budget": {**budget, "per_year": free, "total": 1e9}}, plan)
    used = {limit.year: limit.value for limit in limits if limit.id == "budget.per_year"}
    if budget.get("carry_over"):
        sums = [0.0, *used.values()]
        used = {year: b - a for year, (a, b) in zip(years, itertools.pairwise(sums), strict=True)}
    peak = max(*used.values(), 0.4)
    form = rng.choice(["number", "number", "mapping", "total", "both"])
    if form in ("number", "both"):
        budget["per_year"] = _up(peak * rng.uniform(1, 1.25))
        if budget.get("carry_over"):
            running = itertools.accumulate(used.values())
            need = max(amount / (place + 1) for place, amount in enumerate(running))
            budget["per_year"] = _up(max(need, 0.3) * rng.uniform(1, 1.2))
    if form == "mapping":
        # With sums, years after the last one are named without a gap.
        named = [year for year in years if year <= last or _chance(rng, 0.6)]
        if budget.get("carry_over"):
            named = years[: rng.randint(last - years[0] + 1, len(years))]
        key: Callable[[int], int | str] = rng.choice([int, str])
        budget["per_year"] = {
            key(year): _up(max(used[year], 0.3 * peak) * rng.uniform(1, 1.3)) for year in named
        }
    if form in ("total", "both"):
        budget["total"] = _up(max(sum(used.values()), 0.5) * rng.uniform(1, 1.2))
    return budget


def _demandable(document: Document) -> list[str]:
    """The instruments of which a constraint may demand that they are funded."""
    return [
        name
        for name, row in document["instruments"].items()
        if row.get("min_per_year", 0) > 0 or row.get("all_or_nothing")
    ]


def _random_spend(rng: random.Random, document: Document, played: Played) -> dict[str, Any] | None:
    row: dict[str, Any] = {"kind": "spend"}
    if _chance(rng, 0.85):
        row["of"] = rng.choice(
            [
                _some(rng, list(document["areas"]), 1, 2),
                _some(rng, list(document["instruments"]), 1, 2),
                [rng.choice(list(document["areas"])), rng.choice(list(document["instruments"]))],
            ]
        )
    share = "of" in row and _chance(rng, 0.5)
    if _chance(rng, 0.7):  # else each year
        row["each"] = rng.choice(["year", "horizon"])
    if _chance(rng, 0.3):
        row["years"] = sorted(rng.choices(spending_years(document), k=2))
    probe = {**row, "at_most": 0}
    values = [limit.value for limit in _spend_limits(document, played, "", probe)]
    if share:
        wholes = _spend_limits(document, played, "", {**probe, "of": None})
        values = [
            value / whole.value
            for value, whole in zip(values, wholes, strict=True)
            if whole.value > 0
        ]
    if not values:
        return None
    if share or _chance(rng, 0.5):
        row["unit"] = "share" if share else "bn"
    if min(values) > 0 and _chance(rng, 0.6):
        row["at_least"] = _down(min(values) * rng.uniform(0.6, 1))
    if "at_least" not in row or _chance(rng, 0.3):
        most = _up(max(values) * rng.uniform(1, 1.3) + 0.01)
        row["at_most"] = min(most, 1) if share else most
    return row


def _random_lead(rng: random.Random, document: Document, played: Played) -> dict[str, Any] | None:
    layer = rng.choice(list(document["layers"]))
    a, b = sorted(rng.choices(scored_years(document), k=2))
    lowest = min(played.leads[layer][year] for year in range(a, b + 1))
    floor = _down(lowest - rng.uniform(0.3, 2), 1)  # room for a coarser curve of reach
    return {"kind": "lead", "layer": layer, "at_least": floor, "years": [a, b]}


def _random_crowd_in(
    rng: random.Random, document: Document, played: Played
) -> dict[str, Any] | None:
    row: dict[str, Any] = {"kind": "crowd_in"}
    if _chance(rng, 0.4):
        row["of"] = _some(rng, [*document["areas"], *document["instruments"]], 1, 3)
    if _chance(rng, 0.4):
        row["each"] = rng.choice(["year", "horizon"])
    rows = _crowd_in_limits(document, played, "", {**row, "at_least": 0})
    least = min(limit.value for limit in rows)
    if least <= 0.02:
        return None
    return row | {"at_least": _down(least * rng.uniform(0.5, 1))}


def _random_choose(rng: random.Random, document: Document, played: Played) -> dict[str, Any] | None:
    firm = _demandable(document)
    demand = len(firm) > 1 and _chance(rng, 0.5)
    of = _some(rng, firm if demand else list(document["instruments"]), 2, 3)
    row: dict[str, Any] = {"kind": "choose", "of": of}
    if _chance(rng, 0.6):
        row["each"] = rng.choice(["year", "horizon"])
    counts = [limit.value for limit in _choose_limits(document, played, "", {**row, "at_most": 0})]
    if demand and min(counts) > 0:
        row["at_least"] = int(min(counts))
    if "at_least" not in row or _chance(rng, 0.3):
        row["at_most"] = max(int(max(counts)), 1)
    return row


def _random_requires(
    rng: random.Random, document: Document, _played: Played
) -> dict[str, Any] | None:
    instrument = rng.choice(list(document["instruments"]))
    others = [name for name in _demandable(document) if name != instrument]
    if not others:
        return None
    needs = _some(rng, others, 1, 2)
    lead_time = rng.choice([0, 1, 1])
    return {"kind": "requires", "instrument": instrument, "needs": needs, "lead_time": lead_time}


def _random_launches(
    rng: random.Random, document: Document, played: Played
) -> dict[str, Any] | None:
    row: dict[str, Any] = {"kind": "launches"}
    if _chance(rng, 0.5) or not on_off_instruments(document):
        row["of"] = _some(rng, list(document["instruments"]), 2, 4)
    rows = _launches_limits(document, played, "", {**row, "at_most": 0})
    return row | {"at_most": max(int(max(limit.value for limit in rows)), 1)}


def _random_fund(rng: random.Random, document: Document, played: Played) -> dict[str, Any] | None:
    kept = {
        name: years
        for name in _demandable(document)
        if (years := funded_years(played.spending[name]))
        and years[-1] == own_years(document, name)[-1]
    }
    if not kept:
        return None
    instruments = _some(rng, list(kept), 1, 2)
    start = max(kept[name][0] for name in instruments)
    return {"kind": "fund", "instruments": instruments, "from": start}


def _random_ban(rng: random.Random, _document: Document, played: Played) -> dict[str, Any] | None:
    idle = [name for name, path in played.spending.items() if not funded_years(path)]
    return {"kind": "ban", "instruments": _some(rng, idle, 1, 1)} if idle else None


_BUILDERS: dict[str, Callable[[random.Random, Document, Played], dict[str, Any] | None]] = {
    "spend": _random_spend,
    "lead": _random_lead,
    "crowd_in": _random_crowd_in,
    "choose": _random_choose,
    "requires": _random_requires,
    "launches": _random_launches,
    "fund": _random_fund,
    "ban": _random_ban,
}


def _random_constraints(
    rng: random.Random, document: dict[str, Any], plan: Spending
) -> dict[str, dict[str, Any]]:
    """A few constraints that the plan keeps; now and then one that it breaks."""
    rows: dict[str, dict[str, Any]] = {}
    for place in range(rng.choice([0, 1, 2, 3, 4])):
        kind = rng.choice(["spend", *_BUILDERS])
        played = play(document, plan)
        row = _BUILDERS[kind](rng, document | {"constraints": rows}, played)
        if row is None:
            continue
        if _chance(rng, 0.2):
            row["priority"] = rng.randint(1, 3)
        trial = {**rows, f"{kind}_{place}": row}
        if _chance(rng, 0.06) or not broken_limits(document | {"constraints": trial}, plan):
            rows = trial
    return rows


def _random_futures(rng: random.Random, document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Two or three futures that change a few figures."""
    first, last, _ = _ends(document)
    rows: dict[str, dict[str, Any]] = {}
    shares = rng.choice([[0.5, 0.5], [0.3, 0.7], [0.25, 0.25, 0.5]])
    for place, share in enumerate(shares):
        effects = {
            name: {"points": round(document["effects"][name]["points"] * rng.uniform(0.3, 2), 2)}
            for name in _some(rng, list(document["effects"]), 1, 2)
        }
        layer = rng.choice(list(document["layers"]))
        rows[f"future_{place}"] = {
            "title": f"Future {place}",
            "probability": share,
            "known_from": rng.randint(first, last),
            "change": {
                "effects": effects,
                "layers": {layer: {"us_trend": _number(rng, -1, 1, 2)}},
            },
        }
    return rows


def _random_objective(rng: random.Random, layers: Sequence[str], objective: str) -> dict[str, Any]:
    """The objective, with priorities that name some of the layers in one or two stages."""
    if objective == "weighted" and _chance(rng, 0.8):
        return {}
    if objective != "lexicographic":
        return {"objective": objective}
    order = rng.sample(list(layers), rng.randint(1, len(layers)))
    cut = rng.randint(1, len(order))
    priorities = [stage for stage in (order[:cut], order[cut:]) if stage]
    return {"objective": objective, "priorities": priorities}


def random_scenario(
    seed: int,
    *,
    all_or_nothing: bool,
    objective: str = "weighted",
    constraints: bool = True,
    futures: bool = False,
    most_plans: int = 20_000,
) -> dict[str, Any]:
    """A small valid scenario; the same arguments give the same one.

    Nearly always some plan keeps every limit. With `all_or_nothing` all instruments are so, and
    there are at most `most_plans` plans.
    """
    rng = random.Random(seed)
    first = rng.choice([2026, 2027, 2030])
    years = {"first": first, "last": first + rng.randint(1, 3)}
    if _chance(rng, 0.95):
        years["score_until"] = years["last"] + rng.randint(1, 4)
    document: dict[str, Any] = {"title": f"Random scenario {seed}", "years": years}
    if _chance(rng, 0.6):
        document["discount_rate"] = rng.choice([0, 0.02, 0.05, 0.1])
    document["price_year"] = first - 1
    _, _, until = _ends(document)
    layers = _some(rng, _LAYERS, 2, 4)
    weights: dict[str, float] = {name: _number(rng, 0.2, 4) for name in _some(rng, layers, 1, 4)}
    if len(weights) < len(layers) and _chance(rng, 0.5):
        weights |= {name: 0 for name in layers if name not in weights}
    areas = _some(rng, _AREAS, 2, 3)
    document |= {
        "weights": weights,
        "areas": {name: {"title": name.replace("_", " ").capitalize()} for name in areas},
        "layers": {name: _random_layer(rng, name, first, until) for name in layers},
    }
    document |= _random_objective(rng, layers, objective)
    if _chance(rng, 0.15):
        document["pillars"] = {"technology": layers[:1], "use": layers[1:]}
    if _chance(rng, 0.15):
        document["stakeholders"] = {"planner": {"title": "Planner", "weights": {layers[0]: 1}}}
    document["instruments"] = _random_instruments(rng, document, all_or_nothing, most_plans)
    document["effects"] = _random_effects(rng, document)
    interactions = _random_interactions(rng, document)
    if interactions:
        document["interactions"] = interactions
    plan = _random_plan(rng, document)
    document["budget"] = _random_budget(rng, document, plan)
    if constraints:
        limits = _random_constraints(rng, document, plan)
        if limits:
            document["constraints"] = limits
    if futures:
        document["futures"] = _random_futures(rng, document)
    return document
