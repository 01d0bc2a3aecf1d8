(() => {
"use strict";
const find = (id) => document.getElementById(id);
const data = JSON.parse(find("page-data").textContent);
const views = {};
const plain = (number, digits) => number.toFixed(digits).replace(/^-(0(\.0+)?)$/, "$1");
const fill = (parent, ...children) => parent.replaceChildren(...children);
const make = (tag, text, options = {}) => Object.assign(document.createElement(tag), options, { textContent: text });
document.documentElement.classList.add("js");

// Charts: the pictures in the page come to life as they come into view.
const waiting = new Map();
const draw = (place) => {
  const id = place.dataset.figure;
  if (!waiting.has(id)) {
    const image = place.querySelector("img");
    const holder = make("div", "");
    holder.setAttribute("role", "group");
    holder.setAttribute("aria-label", image.alt);
    // In the page but out of sight until it is drawn: its width is that of its place.
    holder.style.width = place.classList.contains("fixed") ? "" : "100%";
    holder.style.position = "absolute";
    holder.style.visibility = "hidden";
    place.append(holder);
    const options = { actions: false, renderer: "svg", tooltip: { theme: "light" } };
    waiting.set(id, vegaEmbed(holder, data.figures[id], options).then((result) => {
      const picture = holder.querySelector("svg");
      if (picture) {
        picture.setAttribute("role", "img");
        picture.setAttribute("aria-label", image.alt);
      }
      image.remove();
      holder.style.position = holder.style.visibility = "";
      views[id] = result.view;
      return result.view;
    }));
  }
  return waiting.get(id);
};
const places = [...document.querySelectorAll("[data-figure]")].filter((place) => data.figures[place.dataset.figure]);
const watcher = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (entry.isIntersecting) {
      watcher.unobserve(entry.target);
      draw(entry.target).then(() => entry.target.dispatchEvent(new Event("drawn")));
    }
  }
}, { rootMargin: "200px" });
places.forEach((place) => watcher.observe(place));

// Whole per cents of shares that sum to 100: the largest remainders are rounded up.
const percents = (shares) => {
  const whole = shares.map((share) => Math.floor(100 * share + 1e-9));
  const left = Math.round(100 * shares.reduce((sum, share) => sum + share, 0)) - whole.reduce((sum, one) => sum + one, 0);
  shares.map((share, at) => [100 * share - whole[at], at]).sort((a, b) => b[0] - a[0] || a[1] - b[1])
    .slice(0, Math.max(0, left)).forEach(([, at]) => { whole[at] += 1; });
  return whole;
};

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

// The weight explorer: the best of the map's portfolios at any weights, beside the recommended plan.
const explore = (map) => {
  const count = map.sliders.length;
  let position = map.sliders.map(() => 1 / count);
  const weigh = () => map.layers.map((_, layer) => position.reduce((sum, share, at) => sum + share * map.sliders[at].weights[layer], 0));
  const value = (weights, z) => z.reduce((sum, one, at) => sum + weights[at] * one, 0);
  const locate = (weights) => {
    const shares = map.sliders.map((slider) => slider.moves.reduce((sum, layer) => sum + weights[layer], 0));
    const total = shares.reduce((sum, share) => sum + share, 0) || 1;
    return shares.map((share) => share / total);
  };
  const keeps = (statement, weights) => {
    const sum = map.layers.reduce((all, layer, at) => all + (statement.coefficients[layer] || 0) * weights[at], statement.constant);
    return statement.equal ? Math.abs(sum) < 1e-6 : sum > -1e-9;
  };
  const holds = (slice, weights) => {
    const shares = slice.moves.map((layers) => layers.reduce((sum, layer) => sum + weights[layer], 0));
    return weights.every((weight, layer) => Math.abs(weight - shares.reduce((sum, share, at) => sum + share * slice.weights[at][layer], 0)) < 1e-9);
  };
  const inputs = map.sliders.map((slider, at) => {
    const label = make("label", "", { htmlFor: `weight-${at}` });
    const name = make("span", "");
    const swatch = make("span", "", { className: "swatch" });
    swatch.style.background = slider.colour;
    name.append(swatch, make("bdi", slider.title));
    const told = make("output", "");
    told.htmlFor = `weight-${at}`;
    label.append(name, told);
    const input = Object.assign(document.createElement("input"), { type: "range", id: `weight-${at}`, min: 0, max: 100, step: 1 });
    input.dataset.slider = slider.id;
    input.addEventListener("keydown", (event) => {
      const by = { PageUp: 10, PageDown: -10 }[event.key];
      if (by) {
        event.preventDefault();
        move(at, Math.min(100, Math.max(0, Number(input.value) + by)) / 100);
      }
    });
    input.addEventListener("input", () => move(at, Number(input.value) / 100));
    const row = make("div", "", { className: "slider" });
    row.append(label, input);
    find("sliders").append(row);
    return { input, told };
  });
  // What the others share out keeps its proportions, even where one slider takes all and gives it back.
  let mix = null;
  const move = (moved, share) => {
    const others = position.reduce((sum, one, at) => sum + (at === moved ? 0 : one), 0);
    if (!mix || mix.moved !== moved) {
      mix = { moved, shares: position.map((one, at) => at === moved ? 0 : others > 1e-9 ? one / others : 1 / (count - 1)) };
    }
    hasMoved = true;
    position = count === 1 ? [1] : position.map((_, at) => at === moved ? share : (1 - share) * mix.shares[at]);
    show();
  };
  let hasMoved = false;
  const go = (weights) => { position = locate(weights); mix = null; show(); };
  const programme = (id) => make("li", "").appendChild(make("bdi", map.programmes[id].title)).parentNode;
  const base = map.plan || null;
  const show = () => {
    const weights = weigh();
    let best = map.portfolios[0];
    let most = -Infinity;
    for (const one of map.portfolios) {
      const score = value(weights, one.z);
      if (score > most) [best, most] = [one, score];
    }
    const gain = most - value(weights, map.baseline);
    const shown = percents(position);
    inputs.forEach(({ input, told }, at) => {
      input.value = shown[at];
      told.textContent = `${shown[at]} %`;
      input.setAttribute("aria-valuetext", `${map.sliders[at].title}: ${shown[at]} per cent`);
    });
    const inside = map.region.every((statement) => keeps(statement, weights));
    // best <= max(gain / (1 - r), gain + r * smallest), and no loss is larger than the largest proven.
    const { regret, points } = map.slices.filter((slice) => holds(slice, weights)).concat(map).reduce((one, other) => other.regret < one.regret ? other : one);
    const certified = inside ? Math.min(points, Math.max(regret * Math.max(gain, 0) / (1 - Math.min(regret, 0.99)), regret * map.smallest)) : Infinity;
    // What holds for this weighting alone, wherever it lies: rounding is given its due.
    const local = boundAt(map, weights) * (1 + 1e-9) + 1e-9 - gain;
    const loss = Math.max(0, Math.min(certified, local));
    const share = (points) => `${plain(100 * points / Math.max(gain, map.smallest), 1)} %`;
    const proven = Number.isFinite(loss)
      ? `Proven: no plan gains more than ${plain(loss, 3)} points (${share(loss)}) beyond it at these weights.`
      : "These weights lie outside the region the map was made for: nothing is proven here.";
    const spent = Object.values(best.areas).reduce((sum, bn) => sum + bn, 0);
    const answer = find("answer");
    fill(answer,
      make("strong", `Gain ${plain(gain, 2)} points for $${plain(spent, 1)} bn. `),
      `Portfolio ${best.id} funds ${best.funded.length} of ${Object.keys(map.programmes).length} programmes. `, proven);
    Object.assign(answer.dataset, { portfolio: best.id, gain, weights: JSON.stringify(weights), regret, loss });
    const before = base ? base.funded : [];
    if (base && base.z) {
      const kept = value(weights, base.z) - value(weights, map.baseline);
      const behind = gain - kept;
      const isTossUp = behind <= (Number.isFinite(loss) ? loss : 0) + 1e-9;
      const least = behind > 0.0005 ? `${plain(behind, 3)} points less than this portfolio` : "as much as this portfolio, or more";
      const most = Number.isFinite(loss) ? `; no plan gains more than ${plain(Math.max(0, behind + loss), 3)} points (${share(Math.max(0, behind + loss))}) beyond it` : "";
      answer.append(make("span", ` The recommended plan gains ${plain(kept, 2)} points here, ${least}${most}.`, { id: "recommended" }));
      Object.assign(answer.dataset, { kept, behind });
      find("moves-note").textContent = isTossUp && behind > -1
        ? "A toss-up: what enters and leaves is together worth less than what is proven."
        : "What enters and leaves, against the recommended plan.";
    }
    if (window.history.replaceState && hasMoved) window.history.replaceState(null, "", `#weights=${weights.map((weight) => weight.toFixed(4)).join(",")}`);
    const list = (ids) => ids.length ? ids.map(programme) : [make("li", "nothing", { className: "quiet" })];
    if (base) {
      fill(find("enters"), ...list(best.funded.filter((id) => !before.includes(id))));
      fill(find("leaves"), ...list(before.filter((id) => !best.funded.includes(id))));
    }
    fill(find("choice-areas"), ...Object.entries(map.areas).map(([id, area]) => {
      const row = make("tr", "");
      const name = make("td", "");
      const swatch = make("span", "", { className: "swatch" });
      swatch.style.background = area.colour;
      name.append(swatch, make("bdi", area.title));
      const then = base ? Object.entries(base.totals).reduce((sum, [of, bn]) => sum + (map.programmes[of].area === id ? bn : 0), 0) : 0;
      const now = best.areas[id] || 0;
      const change = now - then;
      row.append(name, make("td", plain(now, 1), { className: "n" }),
        make("td", base ? (Math.abs(change) < 0.05 ? "as in the plan" : `${change > 0 ? "+" : "−"}${plain(Math.abs(change), 1)}`) : "", { className: "n quiet" }));
      return row;
    }));
    fill(find("agrees"), ...map.statements.map((one) => {
      const item = make("li", "");
      const broken = one.statements.filter((statement) => !keeps(statement, weights));
      item.append(make("bdi", one.title), broken.length ? ` would not agree: ${broken.map((statement) => statement.text).join("; ")}` : " would agree with these weights");
      return item;
    }));
    paint(best, weights);
  };
  let shown = null;
  const paint = (best, weights) => {
    if (views.choice && shown !== best.id) {
      shown = best.id;
      const rows = Object.entries(map.programmes).map(([id, own]) => ({ programme: own.title, area: map.areas[own.area].title, bn: best.spending[id] || 0 }));
      views.choice.data("choice", rows).run();
    }
    if (views["pillar-map"] && map.triangle) {
      const shares = map.triangle.members.map((members) => members.reduce((sum, layer) => sum + weights[layer], 0));
      const total = shares.reduce((sum, share) => sum + share, 0) || 1;
      const [, second, third] = shares.map((share) => share / total);
      views["pillar-map"].data("here", [{ x: second + third / 2, y: third * Math.sqrt(3) / 2 }]).run();
    }
  };
  map.presets.forEach((preset) => {
    const button = make("button", "", { type: "button" });
    button.append(make("bdi", preset.title));
    button.addEventListener("click", () => { hasMoved = true; go(preset.weights); });
    find("presets").append(button);
  });
  document.querySelectorAll("[data-figure=choice], [data-figure=pillar-map]").forEach((place) =>
    place.addEventListener("drawn", () => { shown = null; show(); }));
  if (map.triangle && find("shade")) watchTriangle(map, go);
  const asked = (window.location.hash.match(/^#weights=([0-9.,]+)$/) || [, ""])[1].split(",").map(Number);
  const isAsked = asked.length === map.layers.length && asked.every((weight) => weight >= 0) && asked.some((weight) => weight > 0);
  go(isAsked ? asked : map.today);
  if (isAsked) find("explorer").scrollIntoView();
};

const watchTriangle = (map, go) => {
  const shade = find("shade");
  for (const [field, title] of Object.entries(map.triangle.fields)) shade.append(make("option", title, { value: field }));
  shade.value = map.triangle.shown;
  shade.addEventListener("change", () => views["pillar-map"] && views["pillar-map"].signal("show", shade.value).run());
  const place = document.querySelector("[data-figure=pillar-map]");
  place.addEventListener("drawn", () => {
    const view = views["pillar-map"];
    view.addEventListener("click", (event) => {
      const picture = place.querySelector("svg");
      const box = picture.getBoundingClientRect();
      const size = picture.viewBox.baseVal;
      const [left, top] = view.origin();
      const x = view.scale("x").invert((event.clientX - box.left) * size.width / box.width - left);
      const y = view.scale("y").invert((event.clientY - box.top) * size.height / box.height - top);
      const third = y / (Math.sqrt(3) / 2);
      const shares = [1 - (x - third / 2) - third, x - third / 2, third];
      if (shares.some((share) => share < -0.02)) return;
      const kept = shares.map((share) => Math.max(0, share));
      const total = kept.reduce((sum, share) => sum + share, 0);
      go(map.layers.map((_, layer) => kept.reduce((sum, share, at) => sum + share / total * map.triangle.corners[at][layer], 0)));
    });
  });
};
if (data.map) explore(data.map);

// The ledger: rows that match, in the order asked for.
const body = document.querySelector("#figures tbody");
const rows = [...body.rows].map((row, at) => ({ row, at, text: row.textContent.toLowerCase(), share: Number(row.dataset.share || 0) }));
const sift = () => {
  const words = find("find").value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const { row, text } of rows) {
    const fits = words.every((word) => text.includes(word))
      && (!find("confidence").value || row.dataset.confidence === find("confidence").value)
      && (!find("table").value || row.dataset.table === find("table").value);
    row.hidden = !fits;
    count += fits;
  }
  find("found").textContent = `${count} of ${rows.length} figures`;
};
["find", "confidence", "table"].forEach((id) => find(id).addEventListener("input", sift));
find("order").addEventListener("input", () => {
  const sorted = [...rows].sort(find("order").value ? (a, b) => b.share - a.share || a.at - b.at : (a, b) => a.at - b.at);
  body.append(...sorted.map(({ row }) => row));
});
document.documentElement.dataset.ready = "yes";
})();
