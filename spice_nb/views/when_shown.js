// Tells the kernel once that it has been laid out: not in a closed tab, not in a hidden box.

function render({ model, el }) {
  const strip = document.createElement("div");
  strip.style.cssText = "height: 1px; margin-bottom: -1px";
  el.append(strip);
  const sized = new ResizeObserver(() => {
    if (strip.clientWidth === 0) return;
    sized.disconnect();
    model.set("seen", true);
    model.save_changes();
  });
  sized.observe(strip);
  return () => sized.disconnect();
}

export default { render };
