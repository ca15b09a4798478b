// What a page does when its equations are typeset, and where the explorer starts.

// A wide equation scrolls, and by keyboard only if it can be reached.
function reachWideEquations() {
  for (const equation of document.querySelectorAll('mjx-container[display="true"]')) {
    if (equation.scrollWidth > equation.clientWidth) equation.tabIndex = 0;
    else equation.removeAttribute("tabindex");
  }
}

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
  reachWideEquations();
  window.addEventListener("resize", reachWideEquations);
}

// Paper is white.
const root = document.documentElement;
let theme;
window.addEventListener("beforeprint", () => { theme = root.dataset.theme; root.dataset.theme = "light"; });
window.addEventListener("afterprint", () => { root.dataset.theme = theme; });
