// Sets the page going, once all of its parts are there.
if (data.map) {
  const explorer = explore(data.map);
  watchTriangle(data.map, explorer);
  const asked = readAddress(data.map);
  explorer.go(asked.weights || data.map.today, false);
  if (asked.weights) find("explorer").scrollIntoView();
}
document.documentElement.dataset.ready = "yes";
