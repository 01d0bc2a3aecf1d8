"""The CSV tables of an explanation's run folder."""

from __future__ import annotations

from typing import Any

from .portfolio import Tables
from .sheet import Record


def list_tables(record: Record) -> Tables:
    """The tables that stand beside run.json."""
    if "repairs" in record:
        rows = [
            {"repair": number, **move}
            for number, repair in enumerate(record["repairs"], start=1)
            for move in repair["moves"]
        ]
        columns = ["repair", "limit", "path", "from", "to", "by", "unit"]
        return {"repairs": (columns, rows)}
    limits = [
        "id",
        "sense",
        "year",
        "unit",
        "price",
        "price_at_most",
        "lp_price",
        "agree",
        "binding",
    ]
    figures = ["path", "value", "low", "high", "confidence", "share_of_gain", "flips_at"]
    return {
        "limits": (limits, pick(record["limits"], limits)),
        "instruments": (
            ["id", "funded", "spending_bn", "held_by", "worth_per_bn", "margin_per_bn", "points"],
            [
                {**row, "points": (row["replacement"] or {}).get("points")}
                for row in pick(
                    record["instruments"],
                    [
                        "id",
                        "funded",
                        "spending_bn",
                        "held_by",
                        "worth_per_bn",
                        "margin_per_bn",
                        "replacement",
                    ],
                )
            ],
        ),
        "figures": (figures, pick(record["figures"], figures)),
    }


def pick(rows: list[Record] | None, columns: list[str]) -> list[dict[str, Any]]:
    """Some columns of some rows; none where there was no time for them."""
    return [{column: row[column] for column in columns} for row in rows or ()]
