// What all parts of the script stand on: the page's data, and how elements are made.
const find = (id) => document.getElementById(id);
const data = JSON.parse(find("page-data").textContent);
const views = {};
const plain = (number, digits) => number.toFixed(digits).replace(/^-(0(\.0+)?)$/, "$1");
const fill = (parent, ...children) => parent.replaceChildren(...children);
const make = (tag, text, options = {}) => Object.assign(document.createElement(tag), options, { textContent: text });
const hold = (parent, ...children) => { parent.append(...children); return parent; };
const press = (text, name, act) => {
  const button = make("button", text, { type: "button" });
  if (name) button.setAttribute("aria-label", name);
  button.addEventListener("click", act);
  return button;
};
document.documentElement.classList.add("js");

// Whole per cents of shares that sum to 100: the largest remainders are rounded up.
const percents = (shares) => {
  const whole = shares.map((share) => Math.floor(100 * share + 1e-9));
  const left = Math.round(100 * shares.reduce((sum, share) => sum + share, 0)) - whole.reduce((sum, one) => sum + one, 0);
  shares.map((share, at) => [100 * share - whole[at], at]).sort((a, b) => b[0] - a[0] || a[1] - b[1])
    .slice(0, Math.max(0, left)).forEach(([, at]) => { whole[at] += 1; });
  return whole;
};
