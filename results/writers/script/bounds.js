// The most that any plan may gain at some weights: the cheapest sum of solved weightings, and of layers
// alone, with factors of 0 or more, that adds up to them. A linear program by the simplex method, whose
// every step proves a bound.
const boundAt = (map, weights) => {
  if (!map.most || !map.most.every(Number.isFinite)) return Infinity;
  const count = weights.length;
  const unit = (at) => weights.map((_, other) => other === at ? 1 : 0);
  const basis = map.most.map((most) => most);
  const inverse = weights.map((_, at) => unit(at));
  const factors = [...weights];
  for (let step = 0; step < 200; step += 1) {
    const prices = unit(-1).map((_, column) => basis.reduce((sum, cost, row) => sum + cost * inverse[row][column], 0));
    let entering = null;
    let best = -1e-10;
    for (const column of map.bounds) {
      let cost = column[count];
      for (let at = 0; at < count; at += 1) cost -= prices[at] * column[at];
      if (cost < best) [entering, best] = [column, cost];
    }
    if (!entering) break;
    const direction = inverse.map((row) => row.reduce((sum, one, at) => sum + one * entering[at], 0));
    let leaving = -1;
    for (let row = 0; row < count; row += 1) {
      if (direction[row] > 1e-10 && (leaving < 0 || factors[row] / direction[row] < factors[leaving] / direction[leaving])) leaving = row;
    }
    if (leaving < 0) break;
    const factor = factors[leaving] / direction[leaving];
    const pivot = inverse[leaving].map((one) => one / direction[leaving]);
    for (let row = 0; row < count; row += 1) {
      if (row === leaving) continue;
      factors[row] = Math.max(0, factors[row] - factor * direction[row]);
      inverse[row] = inverse[row].map((one, at) => one - direction[row] * pivot[at]);
    }
    inverse[leaving] = pivot;
    factors[leaving] = factor;
    basis[leaving] = entering[count];
  }
  return basis.reduce((sum, cost, row) => sum + cost * factors[row], 0);
};
