// The triangle: what its cells are shaded by; a click, a mark or arrow keys move the sliders.
const [TRIANGLE_STEP, TRIANGLE_LEAP] = [0.01, 0.1];
const HEIGHT = Math.sqrt(3) / 2;

const watchTriangle = (map, explorer) => {
  const shade = find("shade");
  const place = document.querySelector("[data-figure=pillar-map]");
  if (!map.triangle || !shade || !place) return;
  const { corners, names, members, marks } = map.triangle;
  for (const [field, title] of Object.entries(map.triangle.fields)) shade.append(make("option", title, { value: field }));
  shade.value = map.triangle.shown;
  shade.addEventListener("change", () => views["pillar-map"] && views["pillar-map"].signal("show", shade.value).run());
  const shareOut = (weights) => {
    const shares = members.map((layers) => layers.reduce((sum, layer) => sum + weights[layer], 0));
    const total = shares.reduce((sum, share) => sum + share, 0) || 1;
    return shares.map((share) => share / total);
  };
  const tell = (shares) => percents(shares).map((share, at) => `${names[at]} ${share} %`).join(", ");
  const goTo = (shares) => {
    const kept = shares.map((share) => Math.max(0, share));
    const total = kept.reduce((sum, share) => sum + share, 0);
    explorer.go(map.layers.map((_, layer) => kept.reduce((sum, share, at) => sum + share / total * corners[at][layer], 0)));
  };
  let here = shareOut(explorer.weigh());
  const spot = ([, second, third]) => ({ x: second + third / 2, y: third * HEIGHT });

  // The dot and the marks as elements over the picture, for keyboards and screen readers.
  const handle = make("span", "", { className: "handle", tabIndex: 0 });
  const attributes = { role: "slider", "aria-label": "Weights on the triangle: arrow keys move by one per cent, with Shift by ten", "aria-valuemin": 0, "aria-valuemax": 100 };
  Object.entries(attributes).forEach(([name, own]) => handle.setAttribute(name, own));
  handle.addEventListener("keydown", (event) => {
    const by = event.shiftKey ? TRIANGLE_LEAP : TRIANGLE_STEP;
    const rest = here[0] + here[1];
    const [left, right] = rest > 1e-9 ? [here[0] / rest, here[1] / rest] : [0.5, 0.5];
    const moved = {
      ArrowRight: [-by, by, 0], ArrowLeft: [by, -by, 0],
      ArrowUp: [-by * left, -by * right, by], ArrowDown: [by * left, by * right, -by],
    }[event.key];
    if (!moved) return;
    event.preventDefault();
    goTo(stepInside(here, moved));
  });
  const buttons = marks.map((mark) => {
    const button = press("", `${mark.letter}: ${mark.title}, ${tell(shareOut(mark.weights))}. Enter sets these weights`, () => explorer.go(mark.weights));
    button.className = "mark";
    return button;
  });
  const overlay = hold(make("div", "", { className: "overlay" }), handle, ...buttons);
  const settle = () => {
    const view = views["pillar-map"];
    const picture = place.querySelector("svg");
    if (!view || !picture) return;
    const size = picture.viewBox.baseVal;
    const [left, top] = view.origin();
    overlay.style.width = `${size.width}px`;
    overlay.style.aspectRatio = `${size.width} / ${size.height}`;
    const put = (element, { x, y }) => {
      element.style.left = `${100 * (view.scale("x")(x) + left) / size.width}%`;
      element.style.top = `${100 * (view.scale("y")(y) + top) / size.height}%`;
    };
    put(handle, spot(here));
    buttons.forEach((button, at) => put(button, spot(shareOut(marks[at].weights))));
    view.data("here", [spot(here)]).run();
  };
  explorer.listen((weights) => {
    here = shareOut(weights);
    handle.setAttribute("aria-valuenow", percents(here)[2]);
    handle.setAttribute("aria-valuetext", tell(here));
    settle();
  });
  place.addEventListener("drawn", () => {
    const view = views["pillar-map"];
    const picture = place.querySelector("svg");
    picture.parentElement.append(overlay);
    const read = (event) => {
      const box = picture.getBoundingClientRect();
      const size = picture.viewBox.baseVal;
      const [left, top] = view.origin();
      const x = view.scale("x").invert((event.clientX - box.left) * size.width / box.width - left);
      const third = view.scale("y").invert((event.clientY - box.top) * size.height / box.height - top) / HEIGHT;
      return [1 - (x - third / 2) - third, x - third / 2, third];
    };
    const isNear = (element, event) => {
      const box = element.getBoundingClientRect();
      return Math.hypot(event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2) <= box.width / 2;
    };
    picture.addEventListener("click", (event) => {
      const mark = marks.find((_, at) => isNear(buttons[at], event));
      const shares = read(event);
      if (mark) explorer.go(mark.weights);
      else if (shares.every((share) => share >= -0.02)) goTo(shares);
    });
    picture.addEventListener("pointermove", (event) => {
      if (event.pointerType === "mouse" && event.buttons === 1) goTo(read(event));
    });
    settle();
  });
};

// A step that ends on the edge where it would lead out.
const stepInside = (from, step) => {
  const room = Math.min(1, ...step.map((own, at) => own < 0 ? from[at] / -own : 1));
  return from.map((own, at) => own + Math.max(0, room) * step[at]);
};
