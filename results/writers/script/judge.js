// What is best at some weights, what it may lose there, and what one portfolio may lose in a region.

const value = (weights, form) => form.reduce((sum, one, at) => sum + weights[at] * one, 0);
const gainOf = (map, weights, z) => value(weights, z) - value(weights, map.baseline);

const keeps = (map, statement, weights) => {
  const sum = map.layers.reduce((all, layer, at) => all + (statement.coefficients[layer] || 0) * weights[at], statement.constant);
  return statement.equal ? Math.abs(sum) < 1e-6 : sum > -1e-9;
};

// Whether weights lie on a map over pillars.
const isOn = (slice, weights) => {
  const shares = slice.moves.map((layers) => layers.reduce((sum, layer) => sum + weights[layer], 0));
  return weights.every((weight, layer) => Math.abs(weight - shares.reduce((sum, share, at) => sum + share * slice.weights[at][layer], 0)) < 1e-9);
};

const bestAt = (map, weights, portfolios = map.portfolios) => {
  let [best, most] = [portfolios[0], -Infinity];
  for (const own of portfolios) {
    const score = value(weights, own.z);
    if (score > most) [best, most] = [own, score];
  }
  return { best, gain: most - value(weights, map.baseline) };
};

// How much more than the best portfolio any plan may gain at some weights, and the map's own regret there.
const proveAt = (map, weights, gain) => {
  const inside = map.region.every((statement) => keeps(map, statement, weights));
  const { regret, points } = map.slices.filter((slice) => isOn(slice, weights)).concat(map).reduce((one, other) => other.regret < one.regret ? other : one);
  // best <= max(gain / (1 - regret), gain + regret * smallest), and no loss is larger than the largest proven.
  const share = regret < 1 ? regret * Math.max(gain, 0) / (1 - regret) : Infinity;
  const certified = inside ? Math.min(points, Math.max(share, regret * map.smallest)) : Infinity;
  // What holds for this weighting alone, wherever it lies: rounding is given its due.
  const local = boundAt(map, weights) * (1 + 1e-9) + 1e-9 - gain;
  return { loss: Math.max(0, Math.min(certified, local)), regret };
};

const judgeWeights = (map, weights) => {
  const { best, gain } = bestAt(map, weights);
  return { best, gain, ...proveAt(map, weights, gain) };
};

// The largest regret where the best gain is at most `most`: it grows with the best gain where a
// portfolio gains, and is largest where the best gains 0.01 points where it loses.
const regretAt = (gain, most, smallest) => {
  const loss = Math.max(0, most - gain);
  if (loss <= 1e-9) return 0;
  if (gain < 0 && most > smallest) return (smallest - gain) / smallest;
  return Number.isFinite(most) ? loss / Math.max(most, smallest) : Infinity;
};

// The largest regret between corners, from a portfolio's gain and a bound of the best gain at each: the
// gain is linear, the best gain convex. So it is largest at a corner, or between two where the bound
// passes 0.01 points.
const regretOver = (gains, mosts, smallest) => {
  let worst = 0;
  gains.forEach((gain, at) => { worst = Math.max(worst, regretAt(gain, mosts[at], smallest)); });
  const low = mosts.flatMap((most, at) => most < smallest ? [at] : []);
  if (!low.length || low.length === mosts.length) return worst;
  const high = mosts.flatMap((most, at) => most < smallest ? [] : [at]);
  for (const below of low) {
    for (const above of high) {
      if (!Number.isFinite(mosts[above])) continue;
      const share = (smallest - mosts[below]) / (mosts[above] - mosts[below]);
      worst = Math.max(worst, regretAt((1 - share) * gains[below] + share * gains[above], smallest, smallest));
    }
  }
  return worst;
};

// The portfolio that loses least over a region at the most, and what is proven of it there. `corners` are
// weightings by layer.
const certify = (map, corners, mosts) => {
  let least = { regret: Infinity };
  for (const own of map.portfolios) {
    const gains = corners.map((weights) => gainOf(map, weights, own.z));
    const regret = regretOver(gains, mosts, map.smallest);
    if (regret < least.regret) least = { portfolio: own, regret, points: Math.max(0, ...mosts.map((most, at) => most - gains[at])) };
  }
  return least;
};
