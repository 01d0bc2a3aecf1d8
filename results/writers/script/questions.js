// Which trade-off to ask: two layers, or two portfolios of the map, in whole amounts of natural units. The
// same kind of question as `stratafolio elicit` asks, chosen in the same way.

// How much more a point of one layer may be worth than one of another, where they are asked, and how near to
// it whole amounts have to come; two offers are about the same where neither is worth more than 1.1 times the other.
const RATIOS = Array.from({ length: 25 }, (_, at) => 10 ** (at / 12 - 1));
const [NEAR, ABOUT] = [1.15, 1.1];
// Portfolios asked about are those best at the most weightings; their amounts are enlarged until they are whole,
// none changed by more than a share of it, none worth more points than one believes.
const [LIKELY, LAYERS, ENLARGED, ROUNDED, BELIEVED] = [14, 4, [1, 2, 5, 10, 20], 0.15, 20];
// A question is to split the weightings so that either part has this share; the least that may.
const [EVEN, LEAST] = [0.2, 0.02];
// Regrets are averaged by this power, so that large ones count most; and among so many portfolios.
const [POWER, MOST] = [3, 60];

const tellAmounts = (map, amounts) => {
  const told = Object.entries(amounts).map(([layer, amount]) => `${amount.toLocaleString("en")} ${map.units[layer][amount === 1 ? "one" : "more"]}`);
  return told.length > 1 ? `${told.slice(0, -1).join(", ")} and ${told.at(-1)}` : told[0];
};

// A question: what either answer says is a form of the weights, of a less that of b.
const weigh = (map, pair, a, b, note = "") => ({
  pair, note, a: tellAmounts(map, a.amounts), b: tellAmounts(map, b.amounts),
  worth: [a.points, b.points].map((points) => map.layers.map((_, layer) => points[layer] || 0)),
});

const statementsOf = (question, answer) => {
  const [a, b] = question.worth;
  const less = (factor, one, other) => one.map((own, at) => factor * own - other[at]);
  return { a: [less(1, a, b)], b: [less(1, b, a)], same: [less(ABOUT, a, b), less(ABOUT, b, a)] }[answer] || [];
};

const listLayerQuestions = (map) => {
  const questions = [];
  map.layers.forEach((_, one) => map.layers.forEach((__, other) => {
    if (other <= one) return;
    const pairs = map.units[one].worth.flatMap((a) => map.units[other].worth.map((b) => [a, b]))
      .sort((x, y) => x[0][0] + x[1][0] - y[0][0] - y[1][0] || x[0][0] - y[0][0]);
    const taken = new Set();
    for (const ratio of RATIOS) {
      const simplest = pairs.find(([a, b]) => b[1] / a[1] / ratio <= NEAR && ratio * a[1] / b[1] <= NEAR);
      if (!simplest || taken.has(simplest)) continue;
      taken.add(simplest);
      const [a, b] = simplest;
      questions.push(weigh(map, `layers ${one} ${other}`, { amounts: { [one]: a[0] }, points: { [one]: a[1] } }, { amounts: { [other]: b[0] }, points: { [other]: b[1] } }));
    }
  }));
  return questions;
};

const listPortfolioQuestions = (map, portfolios) => {
  const questions = [];
  portfolios.forEach((one, at) => portfolios.slice(at + 1).forEach((other) => {
    const differences = one.z.map((z, layer) => [layer, (z - other.z[layer]) / map.units[layer].points])
      .filter(([layer, units]) => Math.abs(units * map.units[layer].points) >= 0.05);
    if (differences.length > LAYERS || !differences.some(([, units]) => units > 0) || !differences.some(([, units]) => units < 0)) return;
    const factor = ENLARGED.find((times) => differences.every(([, units]) => {
      const whole = Math.round(Math.abs(times * units));
      return whole >= 1 && Math.abs(whole / Math.abs(times * units) - 1) <= ROUNDED;
    }));
    if (!factor || differences.some(([layer, units]) => Math.abs(factor * units) * map.units[layer].points > BELIEVED)) return;
    const side = (sign) => {
      const own = differences.filter(([, units]) => units * sign > 0).map(([layer, units]) => [layer, Math.round(Math.abs(factor * units))]);
      return { amounts: Object.fromEntries(own), points: Object.fromEntries(own.map(([layer, amount]) => [layer, amount * map.units[layer].points])) };
    };
    const times = factor > 1 ? `, made ${factor} times as large` : "";
    questions.push(weigh(map, `portfolios ${one.id} ${other.id}`, side(1), side(-1), `That is how the portfolios ${one.id} (a) and ${other.id} (b) differ, roughly${times}.`));
  }));
  return questions;
};

// What is known of a region at weightings drawn from it and at its corners.
const surveyRegion = (map, drawn, corners) => {
  const points = [...drawn, ...corners];
  const often = map.portfolios.map(() => 0);
  const worst = map.portfolios.map(() => 0);
  const seen = new Set();
  const regrets = points.map((weights, place) => {
    const gains = map.portfolios.map((own) => gainOf(map, weights, own.z));
    const most = Math.max(...gains);
    const best = gains.indexOf(most);
    seen.add(best);
    if (place < drawn.length) often[best] += 1;
    return gains.map((gain, at) => {
      const regret = regretAt(gain, most, map.smallest);
      worst[at] = Math.max(worst[at], regret);
      return regret;
    });
  });
  const order = (key) => [...map.portfolios.keys()].sort((a, b) => key(a) - key(b) || a - b);
  const [mild, likely] = [order((at) => worst[at]), order((at) => -often[at])];
  const chosen = [...new Set([...mild.slice(0, MOST / 2), ...likely.slice(0, MOST / 2)])];
  return {
    points, count: drawn.length, best: [...seen].map((at) => map.portfolios[at]),
    likely: likely.filter((at) => often[at]).slice(0, LIKELY).map((at) => map.portfolios[at]),
    powers: regrets.map((row) => chosen.map((at) => row[at] ** POWER)),
  };
};

// The question that is expected to leave the least regret, each answer as likely as its share of the
// weightings drawn; null where none would help. Those that split them evenly go first.
const chooseQuestion = (questions, known) => {
  const judged = questions.map((question) => {
    const [form] = statementsOf(question, "a");
    const sides = known.points.map((weights) => dot(form, weights) >= 0);
    const share = sides.slice(0, known.count).filter(Boolean).length / known.count;
    return { question, sides, share };
  });
  const average = (sides, side) => {
    const sums = known.powers[0].map(() => 0);
    let count = 0;
    sides.forEach((own, place) => {
      if (own !== side) return;
      count += 1;
      known.powers[place].forEach((power, at) => { sums[at] += power; });
    });
    return (Math.min(...sums) / Math.max(1, count)) ** (1 / POWER);
  };
  for (const least of [EVEN, LEAST]) {
    const able = judged.filter(({ share }) => share >= least && share <= 1 - least);
    const expected = able.map(({ sides, share }) => Math.round(1e9 * (share * average(sides, true) + (1 - share) * average(sides, false))));
    if (able.length) return able[expected.indexOf(Math.min(...expected))].question;
  }
  return null;
};
