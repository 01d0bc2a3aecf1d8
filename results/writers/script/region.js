// The weightings that agree with what was said: a polytope by its corners, cut by one answer after another.
// Its points are shares of the sliders that sum to 1; a wall is a row with row . shares >= 0.

const FLAT = 1e-9;
const dot = (one, other) => one.reduce((sum, own, at) => sum + own * other[at], 0);
const scaled = (row) => { const size = Math.max(FLAT, ...row.map(Math.abs)); return row.map((own) => own / size); };

// All shares there are: each corner is one slider alone, on the walls of all others.
const openRegion = (count) => {
  const unit = (at) => Array.from({ length: count }, (_, other) => other === at ? 1 : 0);
  const every = [...Array(count).keys()];
  return { walls: every.map(unit), corners: every.map((at) => ({ shares: unit(at), on: every.filter((other) => other !== at) })) };
};

// The part of a region beyond a wall, or null where nothing is left. Two corners are the ends of an edge if
// no third lies on all walls that they share (double description: Motzkin and others, 1953).
const cutRegion = (region, row) => {
  const wall = scaled(row);
  const number = region.walls.length;
  const count = wall.length;
  const kept = [];
  const [ahead, behind] = [[], []];
  for (const corner of region.corners) {
    const height = dot(wall, corner.shares);
    if (height > FLAT) { ahead.push({ corner, height }); kept.push(corner); }
    else if (height < -FLAT) behind.push({ corner, height });
    else kept.push({ shares: corner.shares, on: [...corner.on, number] });
  }
  for (const one of ahead) {
    for (const other of behind) {
      const shared = one.corner.on.filter((at) => other.corner.on.includes(at));
      if (shared.length < count - 2) continue;
      const isEdge = region.corners.every((third) => third === one.corner || third === other.corner
        || !shared.every((at) => third.on.includes(at)));
      if (!isEdge) continue;
      const share = one.height / (one.height - other.height);
      const shares = one.corner.shares.map((own, at) => Math.max(0, own + share * (other.corner.shares[at] - own)));
      const total = shares.reduce((sum, own) => sum + own, 0);
      kept.push({ shares: shares.map((own) => own / total), on: [...shared, number] });
    }
  }
  return kept.length ? { walls: [...region.walls, wall], corners: kept } : null;
};

const cutAll = (region, rows) => rows.reduce((left, row) => left && cutRegion(left, row), region);

const middleOf = (points) => points[0].map((_, at) => points.reduce((sum, shares) => sum + shares[at], 0) / points.length);

// Numbers that only look random: the same for the same region (mulberry32).
const seed = (state) => () => {
  state = (state + 0x6D2B79F5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
};

// Shares spread over a region: walks from its middle along the line between two corners, each step to
// anywhere between the walls (hit and run; Smith 1984), so that long and thin regions are filled as well.
const wander = (region, count, steps) => {
  const chance = seed(0);
  const ends = region.corners.map((corner) => corner.shares);
  const walls = region.walls.filter((_, at) => region.corners.some((corner) => corner.on.includes(at)));
  const pick = () => ends[Math.floor(chance() * ends.length)];
  const points = [];
  for (let at = 0; at < count; at += 1) {
    let point = middleOf(ends);
    for (let step = 0; step < steps; step += 1) {
      const [from, to] = [pick(), pick()];
      const along = to.map((own, axis) => own - from[axis]);
      let [back, forth] = [-Infinity, Infinity];
      for (const wall of walls) {
        const slope = dot(wall, along);
        const room = Math.max(0, dot(wall, point));
        if (slope < -FLAT) forth = Math.min(forth, -room / slope);
        else if (slope > FLAT) back = Math.max(back, -room / slope);
      }
      if (!Number.isFinite(back + forth)) continue;
      const moved = back + chance() * (forth - back);
      point = point.map((own, axis) => Math.max(0, own + moved * along[axis]));
    }
    const total = point.reduce((sum, own) => sum + own, 0);
    points.push(point.map((own) => own / total));
  }
  return points;
};
