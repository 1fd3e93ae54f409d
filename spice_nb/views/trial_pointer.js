// Moving over charts that share their trials reads one trial in all of them; dragging zooms.

const LEAST = 6; // pixels; less than that is a click

function render({ model, el }) {
  const line = overlay("width: 1px; background: var(--jp-content-font-color2, #5f5f5f)");
  const band = overlay("background: rgba(0, 114, 178, 0.18)");
  el.append(line, band);
  let charts = null;
  let from = null; // where a drag began, in pixels of the charts

  // Plot area, in pixels of the box of charts; all charts are as wide.
  function area() {
    const chart = [...charts.querySelectorAll(".bqplot")].find((c) => c.clientWidth > 0);
    if (!chart) return null;
    const box = chart.getBoundingClientRect();
    const left = box.left - charts.getBoundingClientRect().left + model.get("left");
    return { left, width: box.width - model.get("left") - model.get("right") };
  }

  function draw() {
    const plot = charts && area();
    const share = (model.get("trial") - model.get("low")) / (model.get("high") - model.get("low"));
    line.hidden = !plot || !model.get("trial") || share < 0 || share > 1;
    if (!line.hidden) line.style.left = `${plot.left + share * plot.width}px`;
  }

  // Pixels of the pointer, held within the plot area; null where it is not over a chart.
  function at(event) {
    const plot = area();
    if (!plot || !(from !== null || event.target.closest?.(".bqplot"))) return null;
    const x = event.clientX - charts.getBoundingClientRect().left;
    const inside = Math.min(Math.max(x, plot.left), plot.left + plot.width);
    const share = (inside - plot.left) / plot.width;
    return { x: inside, trial: model.get("low") + share * (model.get("high") - model.get("low")) };
  }

  function read(place) {
    const first = Math.ceil(model.get("low"));
    const last = Math.floor(model.get("high"));
    const trial = Math.min(Math.max(Math.round(place.trial), first), last);
    if (trial === model.get("trial")) return;
    model.set("trial", trial);
    model.save_changes();
  }

  function down(event) {
    const place = event.button === 0 ? at(event) : null;
    if (!place) return;
    from = place;
    charts.setPointerCapture(event.pointerId);
  }

  function move(event) {
    const place = at(event);
    if (!place) return;
    if (from === null) {
      read(place);
      return;
    }
    band.hidden = Math.abs(place.x - from.x) < LEAST;
    band.style.left = `${Math.min(place.x, from.x)}px`;
    band.style.width = `${Math.abs(place.x - from.x)}px`;
  }

  function up(event) {
    if (from === null) return;
    const place = at(event);
    if (Math.abs(place.x - from.x) < LEAST) {
      read(place);
    } else {
      model.set("dragged", [from.trial, place.trial].sort((a, b) => a - b));
      model.save_changes();
    }
    stop();
  }

  function stop() {
    from = null;
    band.hidden = true;
  }

  const listeners = { pointerdown: down, pointermove: move, pointerup: up, pointercancel: stop };
  // The box of charts is there once this has a size.
  const sized = new ResizeObserver(() => {
    if (!charts) {
      charts = el.closest(".spice-charts");
      for (const [name, listen] of Object.entries(listeners)) charts?.addEventListener(name, listen);
    }
    draw();
  });
  sized.observe(el);
  model.on("change:trial change:low change:high", draw);
  return () => {
    sized.disconnect();
    model.off("change:trial change:low change:high", draw);
    for (const [name, listen] of Object.entries(listeners)) charts?.removeEventListener(name, listen);
  };
}

function overlay(style) {
  const part = document.createElement("div");
  part.style.cssText = `position: absolute; top: 0; bottom: 0; ${style}`;
  part.hidden = true;
  return part;
}

export default { render };
