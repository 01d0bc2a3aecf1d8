// The triangle: what its cells are shaded by, and where a click moves the sliders.
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
