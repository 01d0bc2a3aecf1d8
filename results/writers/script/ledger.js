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
