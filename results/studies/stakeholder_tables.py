"""The answer of `sensitivity stakeholders` as rows: for CSV files and data frames."""

from __future__ import annotations

from ..sheet import TIDY, Column, Record, Table
from .words import Words


def list_tidy(words: Words, record: Record) -> list[Table]:
    """Stakeholders, their shares of programmes, the common ground, regrets and the plan."""
    people_rows, share_rows = [], []
    for id_, own in record["stakeholders"].items():
        people_rows.append({"id": id_, "gain": own["gain"], **own["areas"]})
        share_rows += [
            {
                "stakeholder": id_,
                "instrument": i,
                "funded_share": share,
                "bn": (own["spending"] or {}).get(i, 0.0),
            }
            for i, share in (own["funded_share"] or {}).items()
        ]
    common = record["common"] or {"funded": [], "not_funded": [], "disputes": {}}
    common_rows = [{"instrument": i, "funded_by": "all", "about": ""} for i in common["funded"]]
    common_rows += [
        {"instrument": i, "funded_by": "none", "about": ""} for i in common["not_funded"]
    ]
    common_rows += [
        {"instrument": i, "funded_by": "some", "about": dispute["over"] or ""}
        for i, dispute in common["disputes"].items()
    ]
    least = record["least_regret"]
    regrets = {**record["regret_of"], **({"least_regret": least["regret"]} if least else {})}
    regret_rows = [
        {"plan": plan, "stakeholder": id_, "regret": share}
        for plan, own in regrets.items()
        for id_, share in own.items()
    ]
    plan_rows = [
        {"instrument": i, "year": int(year), "bn": bn}
        for i, years in (least["by_year"] if least else {}).items()
        for year, bn in years.items()
    ]
    programme = words.programme_column("instrument")
    return [
        Table(
            "stakeholders",
            "",
            [Column("id", "stakeholder"), Column("gain", "gain", "points"), *words.area_columns()],
            people_rows,
            on=TIDY,
        ),
        Table(
            "stakeholder_programmes",
            "",
            [
                Column("stakeholder", "stakeholder"),
                programme,
                Column("funded_share", "funded share", "share"),
                words.money_column("bn", "spent"),
            ],
            share_rows,
            on=TIDY,
        ),
        Table(
            "common_ground",
            "",
            [programme, Column("funded_by", "funded by"), Column("about", "about")],
            common_rows,
            on=TIDY,
        ),
        Table(
            "regrets",
            "",
            [
                Column("plan", "plan"),
                Column("stakeholder", "stakeholder"),
                Column("regret", "regret", "share"),
            ],
            regret_rows,
            on=TIDY,
        ),
        Table(
            "least_regret",
            "",
            [programme, Column("year", "year", "count"), words.money_column("bn", "spent")],
            plan_rows,
            on=TIDY,
        ),
    ]
