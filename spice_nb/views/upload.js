// Files that were chosen together are sent as one, a piece whenever Python asks for one. Whether a file is taken, Python decides.
const SILENT_MS = 12_000;
const LEFT_MS = 8_000;

// Sending belongs to the page, not to one of the places in which the widget is shown.
function makeSender(model, onSilence) {
  let chosen = null; // announced, not yet asked for
  let upload = null; // under way
  let timer = null;

  function announce(files) {
    if (files.length === 0) return;
    chosen = { id: `${Date.now()}-${Math.random()}`, file: new Blob(files), from: 0, next: 0 };
    model.send({ kind: "begin", upload: chosen.id, files: files.map(({ name, size }) => ({ name, size })) });
  }

  async function send(current, offset) {
    current.from = offset;
    current.next = Math.min(offset + model.get("piece"), current.file.size);
    try {
      const piece = await current.file.slice(offset, current.next).arrayBuffer();
      if (upload !== current) return;
      model.send({ kind: "piece", upload: current.id, offset }, undefined, [piece]);
    } catch {
      upload = null;
      model.send({ kind: "interrupted", upload: current.id, reason: "the browser could not read it" });
      return;
    }
    timer = setTimeout(() => repeat(current), SILENT_MS);
  }

  // A piece that got lost on the way is sent again; one that comes twice does no harm.
  function repeat(current) {
    if (upload !== current || !model.get("is_active")) return;
    onSilence();
    send(current, current.from);
  }

  function heard(message) {
    if (chosen?.id === message.upload) [upload, chosen] = [chosen, null];
    if (upload?.id !== message.upload || message.offset !== upload.next) return;
    clearTimeout(timer);
    send(upload, message.offset);
  }

  // Python may wait for a file of a page that is gone.
  function missIt(share) {
    if (!upload && model.get("is_active") && model.get("share") === share) model.send({ kind: "left" });
  }

  model.on("msg:custom", heard);
  if (model.get("is_active")) setTimeout(missIt, LEFT_MS, model.get("share"));
  return { announce, stop: () => clearTimeout(timer) };
}

function added(parent, tag, className, attributes = {}) {
  const element = document.createElement(tag);
  element.className = className;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return parent.appendChild(element);
}

function draw(el, model) {
  el.classList.add("spice-upload");
  const row = added(el, "div", "spice-upload-row");
  const button = added(row, "button", "jupyter-button widget-button", { type: "button" });
  const input = added(row, "input", "", { type: "file", accept: model.get("kinds"), multiple: "", hidden: "" });
  const hint = added(row, "span", "spice-quiet");
  const progress = added(el, "div", "spice-upload-row");
  const bounds = { "aria-label": "Upload", "aria-valuemin": 0, "aria-valuemax": 100 };
  const track = added(progress, "div", "track", { role: "progressbar", ...bounds });
  const fill = added(track, "div", "fill");
  const sentence = added(progress, "span", "");
  const cancel = added(progress, "button", "jupyter-button widget-button", { type: "button" });
  const silence = added(el, "p", "spice-note", { role: "status" });
  const problem = added(el, "p", "spice-problem", { role: "alert" });
  button.textContent = model.get("label");
  hint.textContent = model.get("hint");
  cancel.textContent = "Cancel upload";
  silence.textContent = model.get("silence");
  silence.hidden = true;

  function show() {
    const percent = Math.round(100 * model.get("share"));
    sentence.textContent = model.get("sentence");
    fill.style.width = `${percent}%`;
    track.setAttribute("aria-valuenow", percent);
    progress.hidden = !model.get("sentence");
    cancel.hidden = !model.get("is_active");
    problem.textContent = model.get("problem");
    problem.hidden = !model.get("problem");
    silence.hidden = true;
  }

  show();
  return { button, input, cancel, silence, show };
}

// A file that is dropped beside the panel would take the place of the page.
function acceptDrops(el, announce) {
  const isInside = (event) => (el.closest(".spice-panel") ?? el).contains(event.target);
  const hasFiles = (event) => !event.defaultPrevented && event.dataTransfer?.types.includes("Files");
  const listeners = {
    dragover(event) {
      if (!hasFiles(event)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = isInside(event) ? "copy" : "none";
      el.classList.toggle("over", isInside(event));
    },
    dragleave(event) {
      if (!event.relatedTarget) el.classList.remove("over");
    },
    drop(event) {
      el.classList.remove("over");
      if (!hasFiles(event)) return;
      event.preventDefault();
      if (isInside(event)) announce(Array.from(event.dataTransfer.files));
    },
  };
  for (const [name, listener] of Object.entries(listeners)) document.addEventListener(name, listener);
  return () => {
    for (const [name, listener] of Object.entries(listeners)) document.removeEventListener(name, listener);
  };
}

export default () => {
  const silences = new Set();
  let sender;

  function initialize({ model }) {
    sender = makeSender(model, () => silences.forEach((silence) => (silence.hidden = false)));
    return sender.stop;
  }

  function render({ model, el }) {
    const { button, input, cancel, silence, show } = draw(el, model);
    button.addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      sender.announce(Array.from(input.files));
      input.value = ""; // so that the same file can be chosen again
    });
    cancel.addEventListener("click", () => {
      model.send({ kind: "cancel" });
      button.focus();
    });
    model.on("change", show);
    silences.add(silence);
    const refuseDrops = acceptDrops(el, sender.announce);
    return () => {
      refuseDrops();
      silences.delete(silence);
    };
  }

  return { initialize, render };
};
