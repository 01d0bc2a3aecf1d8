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
// A live chart is as tall as its picture was drawn, however wide its place: that height is kept for it.
for (const place of places) {
  const image = place.querySelector("img");
  if (!place.classList.contains("fixed")) image.style.height = `${image.getAttribute("height")}px`;
}
const watcher = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (entry.isIntersecting) {
      watcher.unobserve(entry.target);
      draw(entry.target).then(() => entry.target.dispatchEvent(new Event("drawn")));
    }
  }
}, { rootMargin: "200px" });
places.forEach((place) => watcher.observe(place));
