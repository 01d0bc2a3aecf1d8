// Two weightings side by side, what differs marked. They are kept in the page's address.
const SAME_WEIGHTS = 0.0006;
const NAMES = ["A", "B"];

const compareWeightings = (map, explorer, pinned) => {
  let pins = pinned;
  let now = explorer.weigh();
  const keep = (changed) => { pins = changed; writeAddress({ pins }); show(); };
  const name = (weights) => {
    const preset = map.presets.find((own) => own.weights.every((weight, at) => Math.abs(weight - weights[at]) < SAME_WEIGHTS));
    return preset ? preset.title : "";
  };
  find("pin").addEventListener("click", () => keep([...pins.slice(0, 1), now]));
  const head = (label, weights, at) => {
    const cell = hold(make("th", "", { className: "n", scope: "col" }), label, ...(name(weights) ? [": ", make("bdi", name(weights))] : []));
    if (at < pins.length) {
      cell.append(hold(make("div", "", { className: "saving" }),
        press(`Show ${label}`, "", () => explorer.go(pins[at])),
        press(`Take ${label} off`, "", () => keep(pins.filter((_, other) => other !== at)))));
    }
    return cell;
  };
  const show = () => {
    find("pin-note").textContent = [
      "Pin what the sliders show, then move them on: what differs stands here.",
      "A is beside what the sliders show; pin once more to keep that as B.",
      "Both are pinned, and in the page's address: a link to it shows them again. Pin once more to replace B.",
    ][pins.length];
    find("pinned").hidden = !pins.length;
    if (!pins.length) return;
    const sides = [...pins, now].slice(0, 2).map((weights) => ({ weights, ...judgeWeights(map, weights) }));
    const heads = [head(NAMES[0], sides[0].weights, 0), head(pins.length > 1 ? NAMES[1] : "the sliders", sides[1].weights, 1)];
    const rows = listDifferences(map, sides).map(({ title, cells, change, of }) => {
      const row = hold(make("tr", ""), hold(make("th", "", { scope: "row" }), make("bdi", title)),
        ...cells.map((text) => make("td", text, { className: "n" })));
      const mark = { 1: "▲ ", "-1": "▼ ", 0: "" }[of];
      row.append(hold(make("td", "", { className: of ? "n changed" : "n quiet" }), mark, change));
      return row;
    });
    const last = make("th", pins.length > 1 ? "B less A" : "the sliders less A", { className: "n", scope: "col" });
    const table = hold(make("table", ""), hold(make("thead", ""), hold(make("tr", ""), make("th", "What", { scope: "col" }), ...heads, last)), hold(make("tbody", ""), ...rows));
    fill(find("pinned"), make("p", tellExchange(map, sides, pins.length > 1 ? "B" : "the sliders")), hold(make("div", "", { className: "table" }), table));
  };
  explorer.listen((weights) => { now = weights; if (pins.length < 2) show(); });
  show();
};

// One number on both sides: a change smaller than what is shown is none.
const compareNumbers = (title, values, digits, unit = "") => {
  const [a, b] = values.map((own) => plain(own, digits));
  const change = Number(b) - Number(a);
  const of = Math.sign(Math.abs(change) < 0.5 * 10 ** -digits ? 0 : change);
  const told = of ? `${of > 0 ? "+" : "−"}${plain(Math.abs(change), digits)}${unit}` : "the same";
  return { title, cells: [`${a}${unit}`, `${b}${unit}`], change: told, of };
};

const listDifferences = (map, [a, b]) => {
  const sums = (of) => [of(a), of(b)];
  const money = map.money.unit ? ` ${map.money.unit}` : "";
  const spent = (title, of) => compareNumbers(`${title}, ${map.money.symbol}${money}`.trim(), sums(of), 1);
  const titles = map.layers.map((layer) => map.titles[layer]);
  const programmes = Object.entries(map.programmes).filter(([id]) => a.best.funded.includes(id) !== b.best.funded.includes(id));
  return [
    compareNumbers("Gain, points", sums((side) => side.gain), 2),
    spent("Money", (side) => spendOf(side.best)),
    ...titles.map((title, at) => compareNumbers(`Weight: ${title}`, sums((side) => 100 * side.weights[at]), 0, " %")),
    ...titles.map((title, at) => compareNumbers(`Gained in ${title}, points`, sums((side) => side.best.z[at] - map.baseline[at]), 2)),
    ...Object.entries(map.areas).map(([id, area]) => spent(area.title, (side) => side.best.areas[id] || 0)),
    ...programmes.map(([id, own]) => {
      const isIn = b.best.funded.includes(id);
      const cells = sums((side) => side.best.funded.includes(id) ? tellMoney(map, side.best.spending[id] || 0) : "not funded");
      return { title: own.title, cells, change: isIn ? "comes in" : "goes out", of: isIn ? 1 : -1 };
    }),
  ];
};

// What each side's portfolio would lose at the other's weights, beside what is proven there.
const tellExchange = (map, [a, b], other) => {
  const losses = [a.gain - gainOf(map, a.weights, b.best.z), b.gain - gainOf(map, b.weights, a.best.z)];
  const told = `At A's weights the portfolio of ${other} gains ${plain(losses[0], 3)} points less than A's; at those of ${other} A's gains ${plain(losses[1], 3)} less.`;
  if (a.best.id === b.best.id) return `One portfolio, ${a.best.id}, is the best that is known at both.`;
  const isTossUp = losses[0] <= a.loss && losses[1] <= b.loss;
  return isTossUp ? `${told} Both are less than what is proven there: which portfolio is the better is a toss-up.` : told;
};
