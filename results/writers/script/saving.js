// Each chart as a picture and as a table: made on the page, offered as a file, sent nowhere.
const [SAVED_SCALE, SAVED_HEAD, SAVED_EDGE] = [2, 30, 12];

const offer = (name, url) => Object.assign(document.createElement("a"), { download: name, href: url }).click();

// The chart with its title above it, twice as large as on the screen.
const savePicture = async (place, title) => {
  const view = await draw(place);
  const drawn = await view.toCanvas(SAVED_SCALE);
  const canvas = make("canvas", "", { width: drawn.width + 2 * SAVED_SCALE * SAVED_EDGE, height: drawn.height + SAVED_SCALE * (SAVED_HEAD + SAVED_EDGE) });
  const brush = canvas.getContext("2d");
  brush.fillStyle = "white";
  brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.drawImage(drawn, SAVED_SCALE * SAVED_EDGE, SAVED_SCALE * SAVED_HEAD);
  brush.fillStyle = "#1d2733";
  brush.font = `bold ${14 * SAVED_SCALE}px "Helvetica Neue", Helvetica, Arial, "Liberation Sans", sans-serif`;
  brush.fillText(title, SAVED_SCALE * SAVED_EDGE, 20 * SAVED_SCALE, canvas.width - 2 * SAVED_SCALE * SAVED_EDGE);
  offer(`${place.dataset.figure}.png`, canvas.toDataURL("image/png"));
};

// A cell that no spreadsheet runs: text that begins like a formula gets an apostrophe, a number stays one.
const guard = (cell) => {
  if (cell === null || cell === undefined) return "";
  if (typeof cell === "number" || typeof cell === "boolean") return String(cell);
  const text = String(cell).trim();
  const number = text.replace(/^\u2212/, "-");
  if (/^[-+]?\d[\d,]*(\.\d+)?\s?%?$/.test(number)) return number.replace(/,/g, "");
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
};
const quote = (text) => /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
const writeCsv = (rows) => rows.map((row) => row.map(guard).map(quote).join(",")).join("\r\n") + "\r\n";

// The table beside a chart, or the chart's own rows where none holds its numbers: without what only says
// where things are drawn.
const DRAWN = ["x", "x2", "y", "y2", "order", "rank", "align", "colour", "flow", "type"];
const tidyRows = (rows) => {
  const keys = Object.keys(rows[0] || {}).filter((key) => !DRAWN.includes(key) && typeof rows[0][key] !== "object");
  const told = rows.map((row) => keys.map((key) => row[key]));
  return [keys, ...new Map(told.map((row) => [JSON.stringify(row), row])).values()];
};
const readRows = (place) => {
  const table = place.dataset.table && find(place.dataset.table);
  if (table) return [...table.rows].map((row) => [...row.cells].map((cell) => cell.textContent));
  const { datasets } = data.figures[place.dataset.figure];
  const live = { ...datasets, ...(place.dataset.figure === "choice" ? { choice: views.choice.data("choice") } : {}) };
  return Object.values(live).map(tidyRows).sort((a, b) => b.length - a.length)[0];
};
const saveTable = (place) => draw(place).then(() => offer(`${place.dataset.figure}.csv`, `data:text/csv;charset=utf-8,${encodeURIComponent(`\ufeff${writeCsv(readRows(place))}`)}`));

const offerFiles = (place) => {
  const caption = place.closest("figure").querySelector("figcaption bdi");
  const title = caption ? caption.textContent : place.dataset.figure;
  place.after(hold(make("div", "", { className: "saving noprint" }),
    press("PNG", `Save the chart as a PNG picture: ${title}`, () => savePicture(place, title)),
    press("CSV", `Save the chart's numbers as a CSV table: ${title}`, () => saveTable(place))));
};
// From the start, so that nothing moves when a chart comes to life.
places.forEach(offerFiles);
