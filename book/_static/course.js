// What a page does when its equations are typeset, and where the explorer starts.

// What is too wide scrolls in its own box: it fades where it goes on, and by keyboard it can be reached.
const BOXES = 'pre, figure, .pst-scrollable-table-container, mjx-container[display="true"]';
function showWhatGoesOn(box) {
  const hidden = box.scrollWidth - box.clientWidth;
  if (hidden > 1) box.tabIndex = 0;
  else box.removeAttribute("tabindex");
  box.classList.toggle("goes-on", hidden - box.scrollLeft > 2);
}
const sized = new ResizeObserver((boxes) => boxes.forEach(({ target }) => showWhatGoesOn(target)));
for (const box of document.querySelectorAll(BOXES)) sized.observe(box);
document.addEventListener("scroll", ({ target }) => target.matches?.(BOXES) && showWhatGoesOn(target), { capture: true, passive: true });

for (const cell of document.querySelectorAll("table.table td")) cell.classList.toggle("sentence", cell.textContent.length > 40);

// The explorer fetches 5 MB: it waits until it is seen. On the front page the address stays as it is.
const explorer = document.getElementById("explorer");
if (explorer) {
  const seen = new IntersectionObserver(async ([place]) => {
    if (!place.isIntersecting) return;
    seen.disconnect();
    const { start } = await import("./explorer/explorer.js");
    start(explorer, { hash: !explorer.classList.contains("front") });
  });
  seen.observe(explorer);
}

if (window.MathJax) {
  await window.MathJax.startup.promise;
  // A column's head has a name also where it is a symbol alone.
  for (const symbol of document.querySelectorAll("th math")) symbol.ariaLabel = symbol.textContent;
  for (const equation of document.querySelectorAll("mjx-container[display]")) sized.observe(equation);
}

// Paper is white.
const root = document.documentElement;
let theme;
window.addEventListener("beforeprint", () => { theme = root.dataset.theme; root.dataset.theme = "light"; });
window.addEventListener("afterprint", () => { root.dataset.theme = theme; });
