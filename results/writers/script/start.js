// Sets the page going, once all of its parts are there.
if (data.map) {
  const explorer = explore(data.map);
  const asked = readAddress(data.map);
  watchTriangle(data.map, explorer);
  compareWeightings(data.map, explorer, asked.pins);
  openInterview(data.map, explorer);
  Object.assign(address, asked);
  explorer.go(asked.weights || data.map.today, false);
  if (asked.weights || asked.pins.length) find("explorer").scrollIntoView();
}
document.documentElement.dataset.ready = "yes";
