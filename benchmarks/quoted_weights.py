"""What docs/weights.md, stakeholders.md and explain.md say of the runs in docs/figures."""

from __future__ import annotations

import statistics

from quoted_words import Kept, spell

from stratafolio.inputs.read import read_scenario


def tell_map(kept: Kept) -> list[str]:
    """What holds of all splits of the weight between the pillars, told no finer than is sure."""
    titles = {id_: own.title for id_, own in read_scenario("us-2027").instruments.items()}
    core = kept["core_index"]
    always = [titles[id_] for id_, share in core.items() if share > 0.999]
    never = [titles[id_] for id_, share in core.items() if share < 0.001]
    assert kept["tasks"] > 0.5
    assert kept["controls"] < 0.2
    least, most = kept["energy"]
    assert least < 0.02
    assert most > 1 / 3
    return [
        "The three tasks take more than half of the money in every portfolio",
        f"Funded in all of the triangle: {'; '.join(always)}.",
        f"In none of it: {'; '.join(never)}.",
        "Controls never take more than a fifth of the money.",
        "from next to nothing to more than a third of the money",
    ]


def tell_stakeholders(kept: Kept) -> list[str]:
    """What the four sides have in common, and the plan that none regrets much."""
    common, least = kept["common"], kept["least_regret"]
    kinds = [dispute["over"] for dispute in common["disputes"].values()]
    regret, instruments = least["regret"], len(read_scenario("us-2027").instruments)
    of_sides = {side: max(own.values()) for side, own in kept["regret_of"].items()}
    mildest = min(of_sides, key=lambda side: of_sides[side])
    told = {
        "commerce": "commerce",
        "science": "open science",
        "security": "the planner",
        "stability": "arms control",
    }

    def name_worst(side: str) -> str:
        own = kept["regret_of"][side]
        return f"{told[max(own, key=own.__getitem__)]} up to {100 * of_sides[side]:.0f} %"

    return [
        f"all would fund {spell(len(common['funded']))} of {instruments} programmes",
        (
            f"{spell(len(common['disputed'])).capitalize()} are disputed. "
            f"{spell(kinds.count('values')).capitalize()} of these are about values alone"
        ),
        f"{spell(kinds.count('both')).capitalize()} are about both",
        f"{'None is' if 'facts' not in kinds else 'Some are'} about facts alone",
        (
            f"costs nobody more than {100 * least['largest']:.1f} % of their best gain, and proven "
            f"no plan brings that below {100 * least['proven_at_least']:.1f} %"
        ),
        (
            f"{100 * regret['commerce']:.0f} % of commerce and {100 * regret['science']:.0f} % of "
            "open science"
        ),
        f"{told[mildest]}'s own is the mildest and costs {name_worst(mildest)}",
        f"the planner's own costs {name_worst('security')}",
        f"{spell(round(kept['seconds'] / 60)).capitalize()} minutes on one of two busy processors",
    ]


def tell_rates(kept: Kept) -> list[str]:
    """What more of a layer costs where it is cheapest."""
    scenario = read_scenario("us-2027")
    rates = kept["rates"]
    frontier = rates["frontier"]
    dearest = max(rates, key=lambda layer: rates[layer]["points"])
    assert {rate["more"] for rate in rates.values()} == {0.1}

    def name(ids: list[str]) -> str:
        return " and ".join(scenario.instruments[i].title for i in ids)

    return [
        (
            "a tenth of a point more of the frontier costs at the least "
            f"{frontier['points']:.2f} points of {scenario.layers[frontier['in']].title.lower()}"
        ),
        (
            f"most more would go to {name(frontier['more_for'])}, most less to "
            f"{name(frontier['less_for'])}"
        ),
        (
            f"dearest is {scenario.layers[dearest].title.lower()}: {rates[dearest]['points']:.2f} "
            f"points of {scenario.layers[rates[dearest]['in']].title.lower()}"
        ),
    ]


def tell_interviews(kept: Kept) -> list[str]:
    """How many questions respondents needed, how long they waited, whom wrong answers misled."""

    def read(label: str, column: str) -> list[float]:
        return [float(told) for told in kept[label][column].split()]

    def count_misled(label: str) -> list[float]:
        pairs = zip(read(label, "true"), read(label, "certified"), strict=True)
        return [true for true, certified in pairs if true > certified]

    questions, waits = read("chosen", "questions"), read("chosen", "longest_wait_s")
    misled = count_misled("wrong")
    assert not count_misled("chosen")
    at_random = {how: statistics.median(read(how, "questions")) for how in ("any", "splitting")}
    return [
        f"about {round(kept['chosen']['opened_s'], -1):.0f} s of processor time",
        f"{max(waits):g} s for the slowest of {len(questions)} simulated respondents",
        (
            f"These needed {statistics.median(questions):g} questions in the median and "
            f"{max(questions):g} at the most"
        ),
        "none of them had a plan that loses more under their true weights than was proven",
        (
            f"drawn at random take {at_random['any']:g}, those among them that split what is left "
            f"{at_random['splitting']:g}"
        ),
        (
            f"Of {spell(len(read('wrong', 'true')))} simulated respondents of `us-2027` who got "
            f"one answer in ten wrong, {spell(len(misled))} ended with a plan that loses more "
            f"under their true weights than was certified, {100 * max(misled):.0f} % at most"
        ),
    ]
