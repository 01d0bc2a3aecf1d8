// Links to sections: a click puts the address into the clipboard as well.
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
