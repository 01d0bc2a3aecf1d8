// The weight explorer: the best of the map's portfolios at any weights, beside the recommended plan. Whoever
// listens (`listen`) is told of each step; `go` moves the sliders to weights by layer.
const explore = (map) => {
  const count = map.sliders.length;
  const listeners = [];
  let position = map.sliders.map(() => 1 / count);
  const weigh = (shares = position) => map.layers.map((_, layer) => shares.reduce((sum, share, at) => sum + share * map.sliders[at].weights[layer], 0));
  const locate = (weights) => {
    const shares = map.sliders.map((slider) => slider.moves.reduce((sum, layer) => sum + weights[layer], 0));
    const total = shares.reduce((sum, share) => sum + share, 0) || 1;
    return shares.map((share) => share / total);
  };
  const inputs = map.sliders.map((slider, at) => {
    const label = make("label", "", { htmlFor: `weight-${at}` });
    const name = make("span", "");
    const told = make("output", "");
    told.htmlFor = `weight-${at}`;
    hold(label, hold(name, paintSwatch(slider.colour), make("bdi", slider.title)), told);
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
    find("sliders").append(hold(make("div", "", { className: "slider" }), label, input));
    return { input, told };
  });
  // What the others share out keeps its proportions, even where one slider takes all and gives it back.
  let mix = null;
  const move = (moved, share) => {
    const others = position.reduce((sum, one, at) => sum + (at === moved ? 0 : one), 0);
    if (!mix || mix.moved !== moved) {
      mix = { moved, shares: position.map((one, at) => at === moved ? 0 : others > 1e-9 ? one / others : 1 / (count - 1)) };
    }
    position = count === 1 ? [1] : position.map((_, at) => at === moved ? share : (1 - share) * mix.shares[at]);
    show(true);
  };
  const go = (weights, isAsked = true) => { position = locate(weights); mix = null; show(isAsked); };
  const show = (isAsked) => {
    const weights = weigh();
    const judged = judgeWeights(map, weights);
    const shown = percents(position);
    inputs.forEach(({ input, told }, at) => {
      input.value = shown[at];
      told.textContent = `${shown[at]} %`;
      input.setAttribute("aria-valuetext", `${map.sliders[at].title}: ${shown[at]} per cent`);
    });
    const held = tellAnswer(map, weights, judged);
    if (map.plan) tellMoves(map, judged, held);
    tellAreas(map, judged.best);
    fill(find("agrees"), ...map.statements.map((one) => {
      const broken = one.statements.filter((statement) => !keeps(map, statement, weights));
      const told = broken.length ? ` would not agree: ${broken.map((statement) => statement.text).join("; ")}` : " would agree with these weights";
      return hold(make("li", ""), make("bdi", one.title), told);
    }));
    paint(judged.best);
    if (isAsked) writeAddress({ weights });
    listeners.forEach((listener) => listener(weights, judged));
  };
  let shown = null;
  const paint = (best) => {
    if (!views.choice || shown === best.id) return;
    shown = best.id;
    const rows = Object.entries(map.programmes).map(([id, own]) => ({ programme: own.title, area: map.areas[own.area].title, bn: best.spending[id] || 0 }));
    views.choice.data("choice", rows).run();
  };
  map.presets.forEach((preset) => find("presets").append(hold(press("", "", () => go(preset.weights)), make("bdi", preset.title))));
  document.querySelector("[data-figure=choice]").addEventListener("drawn", () => { shown = null; show(false); });
  return { go, weigh, locate, listen: (listener) => listeners.push(listener) };
};

const paintSwatch = (colour) => {
  const swatch = make("span", "", { className: "swatch" });
  swatch.style.background = colour;
  return swatch;
};
const tellMoney = (map, bn) => `${map.money.symbol}${plain(bn, 1)} ${map.money.unit}`.trim();
const spendOf = (portfolio) => Object.values(portfolio.areas).reduce((sum, bn) => sum + bn, 0);
const shareOf = (map, points, gain) => `${plain(100 * points / Math.max(gain, map.smallest), 1)} %`;
const tellLoss = (map, { loss, gain }) => Number.isFinite(loss)
  ? `Proven: no plan gains more than ${plain(loss, 3)} points (${shareOf(map, loss, gain)}) beyond it at these weights.`
  : "These weights lie outside the region the map was made for: nothing is proven here.";

// The answer, and what the recommended plan would lose; gives what is told of that plan.
const tellAnswer = (map, weights, judged) => {
  const { best, gain, loss, regret } = judged;
  const answer = find("answer");
  fill(answer,
    make("strong", `Gain ${plain(gain, 2)} points for ${tellMoney(map, spendOf(best))}. `),
    `Portfolio ${best.id} funds ${best.funded.length} of ${Object.keys(map.programmes).length} programmes. `, tellLoss(map, judged));
  Object.assign(answer.dataset, { portfolio: best.id, gain, weights: JSON.stringify(weights), regret, loss });
  if (!map.plan || !map.plan.z) return null;
  const kept = gainOf(map, weights, map.plan.z);
  const behind = gain - kept;
  const beyond = Math.max(0, behind + loss);
  const least = behind > 0.0005 ? `${plain(behind, 3)} points less than this portfolio` : "as much as this portfolio, or more";
  const most = Number.isFinite(loss) ? `; no plan gains more than ${plain(beyond, 3)} points (${shareOf(map, beyond, gain)}) beyond it` : "";
  answer.append(make("span", ` The recommended plan gains ${plain(kept, 2)} points here, ${least}${most}.`, { id: "recommended" }));
  Object.assign(answer.dataset, { kept, behind });
  return { behind };
};

const listProgrammes = (map, ids) => ids.length
  ? ids.map((id) => hold(make("li", ""), make("bdi", map.programmes[id].title)))
  : [make("li", "nothing", { className: "quiet" })];

const tellMoves = (map, { best, loss }, held) => {
  const before = map.plan.funded;
  if (held) {
    const isSame = best.funded.length === before.length && best.funded.every((id) => before.includes(id));
    const isTossUp = held.behind <= (Number.isFinite(loss) ? loss : 0) + 1e-9 && held.behind > -1;
    find("moves-note").textContent = isSame ? "The same programmes as in the recommended plan."
      : isTossUp ? "A toss-up: what enters and leaves is together worth less than what is proven."
      : "What enters and leaves, against the recommended plan.";
  }
  fill(find("enters"), ...listProgrammes(map, best.funded.filter((id) => !before.includes(id))));
  fill(find("leaves"), ...listProgrammes(map, before.filter((id) => !best.funded.includes(id))));
};

const tellAreas = (map, best) => fill(find("choice-areas"), ...Object.entries(map.areas).map(([id, area]) => {
  const then = Object.entries(map.plan ? map.plan.totals : {}).reduce((sum, [of, bn]) => sum + (map.programmes[of].area === id ? bn : 0), 0);
  const now = best.areas[id] || 0;
  const change = now - then;
  const told = Math.abs(change) < 0.05 ? "as in the plan" : `${change > 0 ? "+" : "−"}${plain(Math.abs(change), 1)}`;
  return hold(make("tr", ""), hold(make("td", ""), paintSwatch(area.colour), make("bdi", area.title)),
    make("td", plain(now, 1), { className: "n" }), make("td", map.plan ? told : "", { className: "n quiet" }));
}));

// The page's address holds the weights and the pins, so that a link leads to what is shown.
const address = { weights: null, pins: [] };
const writeAddress = (changes) => {
  Object.assign(address, changes);
  const write = (weights) => weights.map((weight) => weight.toFixed(4)).join(",");
  const parts = [...(address.weights ? [`weights=${write(address.weights)}`] : []), ...address.pins.map((weights) => `pin=${write(weights)}`)];
  if (window.history.replaceState) window.history.replaceState(null, "", parts.length ? `#${parts.join("&")}` : window.location.pathname + window.location.search);
};
const readAddress = (map) => {
  const read = (text) => text.split(",").map(Number);
  const isWeighting = (weights) => weights.length === map.layers.length && weights.every((weight) => weight >= 0 && weight < 1e6) && weights.some((weight) => weight > 0);
  const told = (name) => [...window.location.hash.matchAll(new RegExp(`[#&]${name}=([0-9.,]+)`, "g"))].map(([, text]) => read(text)).filter(isWeighting);
  const sum = (weights) => weights.reduce((all, weight) => all + weight, 0);
  const settle = (weights) => weights.map((weight) => weight / sum(weights));
  return { weights: told("weights").map(settle)[0], pins: told("pin").map(settle).slice(0, 2) };
};
