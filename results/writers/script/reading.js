// What helps to read. Links to sections: a click puts the address into the clipboard as well.
const copy = async (text) => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Pages on a disk may not write there; a selection may be copied anyhow.
    const held = make("textarea", text);
    document.body.append(held);
    held.select();
    const isCopied = document.execCommand("copy");
    held.remove();
    return isCopied;
  }
};
document.querySelectorAll("a.permalink").forEach((link) => link.addEventListener("click", async () => {
  const isCopied = await copy(link.href);
  find("copied").textContent = isCopied ? "Link copied" : "The link stands in the address bar";
  setTimeout(() => { find("copied").textContent = ""; }, 2000);
}));

// What stays in sight as the page scrolls stands below the contents, in however many lines these are.
const makeRoom = () => document.documentElement.style.setProperty("--contents", `${document.querySelector("nav").offsetHeight}px`);
makeRoom();
window.addEventListener("resize", makeRoom);

// What scrolls by itself can be reached, and scrolled, by keys.
const reach = () => document.querySelectorAll(".table, .scroll .canvas, nav ul").forEach((own) => {
  const isScrolled = own.scrollWidth > own.clientWidth + 1 || own.scrollHeight > own.clientHeight + 1;
  if (isScrolled && !own.hasAttribute("tabindex")) own.tabIndex = 0;
});
reach();
window.addEventListener("resize", reach);
