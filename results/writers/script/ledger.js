// The ledger: figures that match, in the order asked for. A figure is a body of its table.
const figures = [...document.querySelectorAll("#figures tbody")].map((body, at) => ({
  body, at, text: body.textContent.toLowerCase(), choices: JSON.parse(body.dataset.choices),
  path: body.querySelector("code").textContent, details: body.querySelector("details"),
}));
const choices = [...document.querySelectorAll("select.choice")];
const sift = () => {
  const words = find("find").value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const { body, text, choices: own } of figures) {
    const fits = words.every((word) => text.includes(word))
      && choices.every((choice, at) => !choice.value || own[at] === choice.value);
    body.hidden = !fits;
    count += fits;
  }
  find("found").textContent = `${count} of ${figures.length} figures`;
};
[find("find"), ...choices].forEach((control) => control.addEventListener("input", sift));
sift();
find("order").addEventListener("input", () => {
  const isByPath = find("order").value === "path";
  const sorted = [...figures].sort((a, b) => isByPath ? a.path.localeCompare(b.path) : a.at - b.at);
  find("figures").append(...sorted.map(({ body }) => body));
});
find("open-all").addEventListener("click", () => {
  const isOpening = figures.some(({ body, details }) => !body.hidden && !details.open);
  for (const { body, details } of figures) details.open = isOpening && !body.hidden;
  find("open-all").textContent = isOpening ? "Close all" : "Open all";
});
