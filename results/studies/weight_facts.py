"""Rows of the facts that records of studies over weights and of people tell."""

from __future__ import annotations

from ..sheet import Record, Table
from .facts import lay_out, list_overview, pick, unroll

SPREAD = ("spend_p05_bn", "spend_median_bn", "spend_p95_bn")


def list_portfolio_facts(record: Record) -> list[Table]:
    """What each portfolio achieves and spends on each programme."""
    portfolios = record.get("portfolios")
    return [
        unroll("outcomes", pick(portfolios, "outcome"), "portfolio", "layer", "outcome"),
        unroll("spending", pick(portfolios, "spending"), "portfolio", "instrument", "bn"),
    ]


def list_sample_facts(record: Record) -> list[Table]:
    """Portfolios of sampled weightings, and the spread of spending by area."""
    return [
        *list_portfolio_facts(record),
        lay_out("areas", record.get("areas"), "area", *SPREAD),
        list_overview(record),
    ]


def list_map_facts(record: Record) -> list[Table]:
    """Portfolios of a map, where stakeholders stand on it, and how the proof grew."""
    portfolios, told = record.get("portfolios"), record.get("stakeholders") or {}
    stands, least = told.get("stands") or {}, told.get("least_regret") or {}
    weights = {id_: own["weights"] for id_, own in stands.items()}
    regrets = {id_: own["regret"] for id_, own in stands.items()}
    progress = ("solves", "linear_solves", "seconds", "regret")
    return [
        *list_portfolio_facts(record),
        unroll("weights", pick(portfolios, "weights"), "portfolio", "layer", "weight"),
        unroll("plans", pick(portfolios, "plan"), "portfolio", "instrument", "year", "bn"),
        lay_out("stakeholders", stands, "stakeholder", "is_region", "best"),
        unroll("stakeholder_weights", weights, "stakeholder", "layer", "weight"),
        unroll("stakeholder_regrets", regrets, "stakeholder", "portfolio", "regret"),
        lay_out("progress", record.get("curve"), *progress),
        list_overview(
            record,
            acceptable_to_all=told.get("acceptable_to_all"),
            least_regret__id=least.get("id"),
            least_regret__regret=least.get("regret"),
        ),
    ]


def list_flip_facts(record: Record) -> list[Table]:
    """Weights and spending today and at the nearest flip."""
    nearest = record.get("nearest") or {}
    both = {"today": record, "nearest": nearest}
    weights = {name: own.get("weights") for name, own in both.items()}
    areas = {name: own.get("areas") for name, own in both.items()}
    return [
        unroll("weights", weights, "at", "layer", "weight"),
        unroll("areas", areas, "at", "area", "bn"),
        list_overview(record, nearest__shift_pp=nearest.get("shift_pp")),
    ]


def list_stakeholder_facts(record: Record) -> list[Table]:
    """What each stakeholder weighs, what disputes are about, and the least regretted plan."""
    people, least = record.get("stakeholders") or {}, record.get("least_regret") or {}
    weights = {id_: own["weights"] for id_, own in people.items()}
    disputes = [
        {"instrument": i, "over": dispute["over"], "stands": stands, "stakeholder": id_}
        for i, dispute in ((record.get("common") or {}).get("disputes") or {}).items()
        for stands in ("funds", "leaves", "torn")
        for id_ in dispute[stands]
    ]
    said = ("title", "is_region", "drawn", "has_beliefs", "gain", "bound", "why")
    ends = ("largest", "proven_at_least", "best_own", "set_aside")
    return [
        lay_out("stands", people, "stakeholder", *said),
        unroll("weights", weights, "stakeholder", "layer", "weight"),
        lay_out("disputes", disputes, "instrument", "over", "stands", "stakeholder"),
        unroll("least_regret_areas", least.get("areas"), "area", "bn"),
        unroll("least_regret_totals", least.get("spending"), "instrument", "bn"),
        unroll("least_regret_points", least.get("regret_points"), "stakeholder", "points"),
        list_overview(record, **{f"least_regret__{end}": least.get(end) for end in ends}),
    ]


def list_interview_facts(record: Record) -> list[Table]:
    """Every question with what each answer says, and the portfolio as far as it is settled."""
    question, portfolio = record.get("question"), record["portfolio"]
    asked = (
        [*record["answers"], {**question, "question": question["number"]}]
        if question
        else (record["answers"])
    )
    says = ("statement_if_a", "statement_if_b", "statements_if_same")
    return [
        lay_out("questions", asked, "question", "kind", "a", "b", "answer", "statement", *says),
        unroll("areas", portfolio["areas"], "area", "bn"),
        unroll("totals", portfolio["spending"], "instrument", "bn"),
        unroll("settled", record["settled"], "settled", "instrument"),
        list_overview(record),
    ]
