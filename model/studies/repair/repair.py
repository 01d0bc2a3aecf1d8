"""What could give in a scenario without a plan: every conflict, and repairs from the cheapest on.

A repair hits every conflict. So: collect conflicts; look for the least set of limits, by priority,
that hits all known ones; if there still is no plan without these, the rest holds another conflict;
if there is one, it is a repair, and each part of it is needed, for without it some conflict stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ....inputs.build import derive_scenario
from ....inputs.complaint import InputError
from ....inputs.numbers import put_numbers
from ....inputs.patch import merge, nest
from ....inputs.scenario import TOKEN_BN, Scenario, SpendLimit
from ...equations.curves import Array
from ...equations.limits import list_caps
from ...failures import SolverFailed
from ...solving.best_plans import OutOfTime, count_solves, find_best
from ...solving.compiled import Compiled
from ...solving.conflict import count_money
from ...solving.extended import Row
from ...solving.matrices import INFINITE
from ...solving.oracle import Oracle
from ...solving.question import Changes, Tolerance
from ...solving.solution import Best
from ...work.clock import Clock
from ..explain.findings import Patch
from ..plain import NEEDLESS
from .elastic import Elastic, Period, Slack
from .findings import Diagnosis, Member, Move, Repair

Set = frozenset[str]

MOST_REPAIRS = 6
"""Repairs told; more where they are of equal priority."""

MOST_CONFLICTS = 60
"""Conflicts collected before the search ends, complete or not."""

ROUNDINGS = (0.0, 1e-6, 1e-5, 1e-4, 1e-3)
"""By how much a limit is moved beyond just enough, tried in turn, relative to max(1, |limit|)."""

CLOSEST = Tolerance(1e-9)
"""How closely it is told which share can be met."""

DIGITS = 6
"""Decimals of a moved limit."""


class Repairing:
    """Diagnoses one scenario without a plan; `report` is told how many repairs are known."""

    def __init__(
        self,
        scenario: Scenario,
        gap: float = 1e-4,
        clock: Clock | None = None,
        most: int = MOST_REPAIRS,
        report: Callable[[float, float, str], None] | None = None,
        must_spend: bool = False,
    ) -> None:
        """`must_spend`: the scenario has plans, and all of them spend nothing."""
        self.scenario = scenario
        self.gap = gap
        self.clock = clock or Clock()
        self.most = most
        self.report = report
        self.must_spend = must_spend
        self.elastic = Elastic(scenario, self.clock, must_spend)
        self.limits = list(self.elastic.slacks)
        self.order = {id_: at for at, id_ in enumerate(self.limits)}
        self.conflicts: list[Set] = []
        self.hitting: list[Set] = []
        self.solves = 0
        self.missing: list[str] = []

    def run(self) -> Diagnosis:
        """Conflicts and repairs, as far as the clock allows."""
        is_complete = False
        try:
            is_complete = self._collect()
        except OutOfTime:
            self.missing.append("repairs")
        repairs = []
        for given_up in self.hitting:
            try:
                repair = self._make_repair(given_up)
            except (OutOfTime, SolverFailed):
                self.missing.append(f"repair of {', '.join(self._sort(given_up))}")
                continue
            if repair is not None:
                repairs.append(repair)
            self._tell(len(repairs))
        repairs.sort(key=lambda r: (r.priority, r.priority_sum, -(r.gain or -INFINITE)))
        conflicts = list(self.conflicts)
        if is_complete and len(self.hitting) <= 2 * MOST_REPAIRS:
            conflicts = hit_all(self.hitting, MOST_CONFLICTS) or conflicts
        conflicts.sort(
            key=lambda found: (len(found), [self.order[id_] for id_ in self._sort(found)])
        )
        told = [self._describe(conflict) for conflict in conflicts]
        return Diagnosis(
            self.scenario,
            tuple(told),
            tuple(repairs),
            is_complete,
            self.solves + self.elastic.solves,
            self.clock.seconds,
            tuple(self.missing),
            self.must_spend,
        )

    # Conflicts and repairs as sets ------------------------------------------------------------

    def _collect(self) -> bool:
        """Repairs in order of priority until there are enough; whether these are all."""
        while True:
            candidates = hit_all(self.conflicts, 20 * MOST_CONFLICTS)
            candidates.sort(key=self._key)
            for candidate in candidates:
                if candidate in self.hitting:
                    continue
                is_enough = len(self.hitting) >= self.most
                if is_enough and self._key(candidate)[:2] > self._key(self.hitting[-1])[:2]:
                    return False
                if self.elastic.is_feasible(candidate):
                    self.hitting.append(candidate)
                    self._tell(0)
                    continue
                if len(self.conflicts) >= MOST_CONFLICTS:
                    return False
                rest = [id_ for id_ in self.limits if id_ not in candidate]
                self.conflicts.append(self._shrink(rest))
                break
            else:
                return True

    def _key(self, limits: Set) -> tuple[float, float, int, list[int]]:
        priorities = [self.elastic.priorities[id_] for id_ in limits]
        places = sorted(self.order[id_] for id_ in limits)
        return max(priorities, default=0.0), sum(priorities), len(limits), places

    def _shrink(self, clashing: Sequence[str]) -> Set:
        """A conflict within limits that clash: halves are left out as long as the rest clashes."""
        # Those to be kept longest come first: what stands last is left out where it can be.
        own = sorted(clashing, key=lambda id_: id_.startswith("instruments."))

        def clash(in_force: Iterable[str]) -> bool:
            kept = set(in_force)
            return not self.elastic.is_feasible(id_ for id_ in self.limits if id_ not in kept)

        def find(base: list[str], parts: list[str], is_new: bool) -> list[str]:
            if is_new and clash(base):
                return []
            if len(parts) == 1:
                return parts
            half = len(parts) // 2
            first, second = parts[:half], parts[half:]
            from_second = find(base + first, second, bool(first))
            from_first = find(base + from_second, first, bool(from_second))
            return from_first + from_second

        # Figures of instruments are many: they are left out all at once where the rest clashes.
        policy = [id_ for id_ in own if not id_.startswith("instruments.")]
        is_policy = bool(policy) and len(policy) < len(own) and clash(policy)
        return frozenset(find([], policy if is_policy else own, is_new=False))

    def _sort(self, limits: Iterable[str]) -> list[str]:
        return sorted(limits, key=lambda id_: self.order[id_])

    def _tell(self, done: int) -> None:
        if self.report:
            self.report(done, max(len(self.hitting), 1), f"{len(self.conflicts)} conflicts")

    # What is short ----------------------------------------------------------------------------

    def _describe(self, conflict: Set) -> tuple[Member, ...]:
        """Each limit of a conflict: the best it can have while the others hold."""
        found = []
        for id_ in self._sort(conflict):
            slacks = self.elastic.slacks[id_]
            limit = self.scenario.constraints.get(id_)
            title = limit.title if limit is not None else ""
            blank = Member(id_, title, "", "", None, None, None)
            if slacks[0].before is None:
                found.append(blank)
                continue
            try:
                values = self._relent(conflict, id_)
            except (OutOfTime, SolverFailed):
                values = None
            if values is None:
                found.append(blank)
                continue
            slack = max(slacks, key=lambda s: float(values[s.column]))
            after = self._move(slack, values, set(self.limits) - set(conflict) | {id_}, False)
            sense = "at most" if slack.sign > 0 else "at least"
            limit_now = slack.before or 0.0
            have, need = (limit_now, after) if slack.sign > 0 else (after, limit_now)
            found.append(Member(id_, title, sense, slack.unit, have, need, abs(after - limit_now)))
        return tuple(found)

    def _relent(self, conflict: Set, id_: str) -> Array | None:
        given_up = [other for other in self.limits if other not in conflict or other == id_]
        return self.elastic.move_least(given_up, [id_])

    def _move(self, slack: Slack, values: Array, given_up: Iterable[str], is_repair: bool) -> float:
        """Where a side has to move to, just enough, in its own unit.

        In a repair the other limits given up move no further than they have in `values`.
        """
        by = float(values[slack.column])
        before = slack.before or 0.0
        if slack.is_share:
            return self._move_share(slack, values, set(given_up), is_repair)
        if slack.is_count:
            return before + slack.sign * round(by + 0.5 - 1e-6)
        return before + slack.sign * by

    def _move_share(
        self, slack: Slack, values: Array, given_up: set[str], is_repair: bool
    ) -> float:
        """The share that can just be met: spending over the total, as far as that can be raised.

        Dinkelbach's method: the ratio of a plan is a share that can be met; the plan with the most
        room under that share has a better ratio, until there is no room left.
        """
        elastic = self.elastic
        limit = self.scenario.constraints[slack.limit]
        periods = elastic.list_share_terms(limit) if isinstance(limit, SpendLimit) else []
        ratio = read_share(periods, values, slack)
        boxes = elastic.give_up(given_up)
        for id_ in given_up - {slack.limit}:
            for other in elastic.slacks[id_]:
                if other.before is not None and is_repair:
                    boxes[other.column] = (0.0, float(values[other.column]) + 1e-9)
        boxes[slack.column] = (-INFINITE, INFINITE)
        # The limit's own rows are weaker with more slack: they must not bind.
        sides = dict.fromkeys(self._own_rows(slack), (-INFINITE, INFINITE))
        for _ in range(30):
            rows = tuple(bound_share(period, ratio, slack) for period in periods)
            changes = Changes(boxes=boxes, sides=sides, rows=rows)
            found = elastic.ask({slack.column: -1.0}, changes, CLOSEST)
            if found is None or found[slack.column] >= -1e-7:
                break
            better = read_share(periods, found, slack)
            if abs(better - ratio) <= 1e-9:
                break
            ratio = better
        return ratio

    def _own_rows(self, slack: Slack) -> list[int]:
        matrices = self.elastic.compiled.matrices
        sense = "at_most" if slack.sign > 0 else "at_least"
        rows = matrices.limit_rows[slack.limit]
        return [row for row in rows if matrices.limit_keys[row][1] == sense]

    # Repairs as patches -----------------------------------------------------------------------

    def _make_repair(self, given_up: Set) -> Repair | None:
        """The repair with its patch, solved; None if no patch of it is a valid scenario."""
        values = self.elastic.move_least(given_up)
        if values is None:
            return None
        afters = {
            slack: self._move(slack, values, given_up, True)
            for id_ in self._sort(given_up)
            for slack in self.elastic.slacks[id_]
            if slack.before is not None and values[slack.column] > 1e-9
        }
        for extra in ROUNDINGS:
            moves = [self._tell_move(slack, after, extra) for slack, after in afters.items()]
            moves += [
                Move(id_, id_, "in force", None, None, "")
                for id_ in self._sort(given_up)
                if self.elastic.slacks[id_][0].before is None
            ]
            patch = self._make_patch(moves, given_up)
            best = self._solve(patch)
            if best is not None:
                priority, priority_sum, *_ = self._key(given_up)
                return Repair(
                    tuple(self._sort(given_up)),
                    tuple(moves),
                    patch,
                    priority,
                    priority_sum,
                    best.gain,
                    sum(best.totals.values()),
                    self._find_extra(patch),
                )
        return None

    def _tell_move(self, slack: Slack, after: float, extra: float) -> Move:
        before = slack.before or 0.0
        moved = after + slack.sign * extra * slack.scale
        if slack.sign < 0 and slack.path[0] != "constraints":
            moved = max(moved, 0.001)
        is_floor = slack.sign < 0 and slack.unit != "points"
        moved = max(moved, 0.0) if is_floor else moved
        value = round(moved, DIGITS) + 0.0
        if slack.is_count:
            value = round(after)
        return Move(
            slack.limit, ".".join(slack.path), before, value, abs(value - before), slack.unit
        )

    def _make_patch(self, moves: list[Move], given_up: Set) -> Patch:
        patch: dict[str, Any] = {}
        for move in moves:
            if move.by is None:
                patch = dict(_merge_keeping_null(patch, nest(("constraints", move.id), None)))
                continue
            path = tuple(move.field.split("."))
            keys: tuple[Any, ...] = path
            if path[:2] == ("budget", "per_year") and len(path) == 3:
                keys = (*path[:2], int(path[2]))
            patch = dict(_merge_keeping_null(patch, nest(keys, move.after)))
        del given_up
        return patch

    def _solve(self, patch: Patch) -> Best | None:
        if self.clock.is_over:
            raise OutOfTime
        try:
            derived = derive_scenario(self.scenario, _merge_keeping_null(NEEDLESS, patch))
        except InputError:
            return None
        oracle = Oracle(Compiled(derived, like=self.elastic.compiled), self.clock)
        rows = (Row(count_money(oracle.compiled), TOKEN_BN),) if self.must_spend else ()
        best = find_best(oracle, oracle.question(Tolerance(self.gap), Changes(rows=rows)))
        self.solves += count_solves(oracle)
        return best

    def _find_extra(self, patch: Patch) -> float:
        """By how much a patch raises the budget over all years, $ billion."""
        if "budget" not in patch:
            return 0.0
        document = put_numbers(self.scenario.document, self.scenario.expressions)
        raised = merge({"budget": dict(document["budget"])}, patch)["budget"]
        before = self.scenario.budget
        after = before.model_validate(raised)
        extra = (after.total or 0.0) - (before.total or 0.0)
        caps = list_caps(self.scenario)
        higher = list_caps(self.scenario.model_copy(update={"budget": after}))
        if before.carry_over and caps:
            last = max(caps)
            return float(max(extra, higher[last] - caps[last]))
        return float(max(extra, sum(higher[t] - caps[t] for t in caps)))


def read_share(periods: Sequence[Period], values: Array, slack: Slack) -> float:
    """The share that spending in some values meets in every period."""
    ratios = []
    for ours, total in periods:
        spent = sum(c * float(values[at]) for at, c in ours.items())
        everything = sum(c * float(values[at]) for at, c in total.items())
        if everything > 1e-9:
            ratios.append(spent / everything)
    before = slack.before or 0.0
    if not ratios:
        return before
    return max(*ratios, before) if slack.sign > 0 else min(*ratios, before)


def bound_share(period: Period, ratio: float, slack: Slack) -> Row:
    """A row that leaves a slack as little as spending is beyond a share of all spending."""
    ours, total = period
    terms = {at: -ratio * coefficient for at, coefficient in total.items()}
    for at, coefficient in ours.items():
        terms[at] = terms.get(at, 0.0) + coefficient
    terms[slack.column] = -slack.sign
    return Row(terms, 0.0) if slack.sign < 0 else Row(terms, upper=0.0)


def _merge_keeping_null(target: Any, patch: Any) -> Any:
    """Two patches as one that does what both do."""
    if not isinstance(patch, dict) or not isinstance(target, dict):
        return patch
    result = dict(target)
    for key, value in patch.items():
        result[key] = _merge_keeping_null(result.get(key), value)
    return result


def hit_all(sets: Sequence[Set], most: int) -> list[Set]:
    """Every minimal set that shares an element with each of some sets; at most so many.

    >>> sorted(sorted(s) for s in hit_all([frozenset("ab"), frozenset("bc")], 10))
    [['a', 'c'], ['b']]
    """
    found: list[Set] = [frozenset()]
    for one in sets:
        hits = [chosen for chosen in found if chosen & one]
        grown = {chosen | {element} for chosen in found if not chosen & one for element in one}
        hits += [chosen for chosen in grown if not any(other < chosen for other in hits)]
        smallest = [s for s in hits if not any(other < s for other in hits)]
        found = sorted(smallest, key=lambda s: (len(s), sorted(s)))[:most]
    return found
