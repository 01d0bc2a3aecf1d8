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
