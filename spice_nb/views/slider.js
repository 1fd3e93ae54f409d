// A labelled slider; the value is written beside it.

// Time between two values that are sent, in milliseconds: who drags sees the curves follow, and no queue builds up.
const PAUSE = 60;

function render({ model, el }) {
  const label = document.createElement("label");
  label.className = "spice-slider";
  const name = document.createElement("span");
  name.className = "name";
  name.textContent = model.get("label");
  const input = document.createElement("input");
  input.type = "range";
  // JupyterLab has other uses for arrows, of which this attribute keeps it.
  input.dataset.lmSuppressShortcuts = "true";
  const value = document.createElement("output");
  label.append(name, input, value);
  el.append(label);

  function show() {
    const step = model.get("step");
    // Ends first: a value beyond them would be cut.
    input.min = model.get("low");
    input.max = model.get("high");
    input.step = step;
    input.value = model.get("value");
    value.textContent = Number(model.get("value")).toFixed(step < 1 ? 2 : 0);
  }

  let waiting = null;
  function send() {
    waiting = null;
    model.set("value", Number(input.value));
    model.save_changes();
  }
  input.addEventListener("input", () => {
    value.textContent = Number(input.value).toFixed(model.get("step") < 1 ? 2 : 0);
    waiting ??= setTimeout(send, PAUSE);
  });
  model.on("change:value change:low change:high", show);
  show();
  return () => {
    clearTimeout(waiting);
    model.off("change:value change:low change:high", show);
  };
}

export default { render };
