// Headers of an accordion are for the pointer only in ipywidgets: here they become buttons for keyboards and screen
// readers too.

function mend(header) {
  const open = String(header.parentElement.classList.contains("jupyter-widget-Collapse-open"));
  if (header.getAttribute("aria-expanded") === open) return;
  header.setAttribute("aria-expanded", open);
  if (header.tabIndex === 0) return;
  header.tabIndex = 0;
  header.setAttribute("role", "button");
  header.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    header.click();
  });
}

function mendAll() {
  document.querySelectorAll(".spice-panel .jupyter-widget-Collapse-header").forEach(mend);
}

function render() {
  // Once for the page, however many panels there are.
  if (document.body.dataset.spiceLook) return;
  document.body.dataset.spiceLook = "on";
  let due = false;
  const later = () => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => {
      due = false;
      mendAll();
    });
  };
  new MutationObserver(later).observe(document.body, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ["class"],
  });
  later();
}

export default { render };
