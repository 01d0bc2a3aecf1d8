"""Limits on shares that no spending can meet, found without the model, for `scenario check`.

In a year, or over all years, shares of spending are numbers that sum to 1, and each limit on a
share bounds the sum of some of them. A program with a column for each instrument tells whether
there are such numbers. It knows nothing of maxima and money, so it may miss a clash, but what it
finds is one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...inputs.complaint import Complaint
from ...inputs.scenario import Ban, Scenario, SpendLimit
from ..equations.periods import cut

Limits = Mapping[str, SpendLimit]


def find_share_oddities(scenario: Scenario) -> list[Complaint]:
    """A complaint for each set of limits on shares that lets no plan spend anything."""
    complaints = []
    for clash, years in find_share_clashes(scenario).items():
        others = " and ".join(clash[1:])
        what = f"clashes with {others}" if others else "cannot be met"
        is_whole = len(years) == len(scenario.years.spending)
        when = "" if is_whole else f" in {name_years(years)}"
        message = (
            f"{what} as soon as a dollar is spent{when}: shares of nothing hold by nothing, so "
            f"every plan spends nothing{' then' if when else ''}; move "
            + ("one of them (`stratafolio explain` says how far)" if is_whole else "one of them")
        )
        complaints.append(Complaint(f"constraints.{clash[0]}", message))
    return complaints


def name_years(years: Sequence[int]) -> str:
    """Years as words.

    >>> name_years([2027]), name_years([2027, 2028, 2029])
    ('2027', '2027, 2028 and 2029')
    """
    told = [str(year) for year in years]
    return " and ".join(filter(None, (", ".join(told[:-1]), told[-1])))


def find_share_clashes(scenario: Scenario) -> dict[tuple[str, ...], tuple[int, ...]]:
    """Sets of limits, none needless, that clash as soon as a token is spent, and in which years.

    >>> from ...inputs.read import read_scenario
    >>> find_share_clashes(read_scenario("textbook"))
    {}
    """
    limits = {
        id_: limit
        for id_, limit in scenario.constraints.items()
        if isinstance(limit, SpendLimit) and limit.unit == "share"
    }
    clashes: dict[tuple[str, ...], tuple[int, ...]] = {}
    years = scenario.years.spending
    whole = {
        id_: limit for id_, limit in limits.items() if set(cut(limit.years, years)) == set(years)
    }
    # What holds in each year of all holds over all of them.
    clash = find_share_clash(scenario, whole, years) if whole else ()
    if clash:
        return {clash: tuple(years)}
    for year in years:
        own = {
            id_: limit
            for id_, limit in limits.items()
            if limit.each == "year" and year in cut(limit.years, years)
        }
        clash = find_share_clash(scenario, own, range(year, year + 1)) if own else ()
        if clash:
            clashes[clash] = (*clashes.get(clash, ()), year)
    return clashes


def find_share_clash(scenario: Scenario, limits: Limits, years: range) -> tuple[str, ...]:
    """Limits that no shares of spending in some years meet, dropping any one of which lets some."""
    members = list_members(scenario, years)
    if not members or can_share(scenario, limits, members):
        return ()
    needed = dict(limits)
    for id_ in limits:
        fewer = {other: limit for other, limit in needed.items() if other != id_}
        if not can_share(scenario, fewer, members):
            needed = fewer
    return tuple(needed)


def list_members(scenario: Scenario, years: range) -> list[str]:
    """The instruments that may be funded in some of the years."""
    banned = {
        name
        for limit in scenario.constraints.values()
        if isinstance(limit, Ban)
        for name in limit.instruments
    }
    return [
        name
        for name in scenario.instruments
        if name not in banned and set(scenario.window(name)) & set(years)
    ]


def can_share(scenario: Scenario, limits: Limits, members: Sequence[str]) -> bool:
    """Whether some shares of the members, which sum to 1, meet the limits."""
    counted = {id_: set(scenario.instruments_of(limit.of)) for id_, limit in limits.items()}
    if not any(limit.at_least for limit in limits.values()) and set(members).difference(
        *counted.values()
    ):
        return True  # all on what no limit counts
    from scipy.optimize import linprog

    rows, sides = [], []
    for id_, limit in limits.items():
        row = [float(name in counted[id_]) for name in members]
        if limit.at_most is not None:
            rows.append(row)
            sides.append(limit.at_most)
        if limit.at_least is not None:
            rows.append([-weight for weight in row])
            sides.append(-limit.at_least)
    every = [[1.0] * len(members)]
    answer = linprog(
        [0.0] * len(members), A_ub=rows or None, b_ub=sides or None, A_eq=every, b_eq=[1.0]
    )
    return answer.status != 2  # 2: infeasible
