// A button that asks the kernel for a text, puts it on the clipboard, and says how that went.

const PATIENCE = 10_000; // ms until a kernel that is busy or gone is said to be so
const READING = 8_000; // ms that a good end stays to be read

function render({ model, el }) {
  const button = document.createElement("button");
  button.className = "jupyter-widgets jupyter-button widget-button";
  button.style.width = "auto";
  button.textContent = model.get("label");
  const said = document.createElement("span");
  said.className = "spice-quiet";
  said.style.marginLeft = "8px";
  said.setAttribute("role", "status");
  const text = document.createElement("textarea");
  text.readOnly = true;
  text.hidden = true;
  text.rows = 4;
  text.style.cssText = "display: block; width: 100%; margin-top: 8px; box-sizing: border-box";
  text.setAttribute("aria-label", "Text to copy");
  el.append(button, said);

  let asked = 0;
  let timer;
  const own = `${Date.now()}-${Math.random()}`;

  function say(words, ms, then) {
    said.textContent = words;
    clearTimeout(timer);
    timer = ms ? setTimeout(then, ms) : undefined;
  }

  button.addEventListener("click", () => {
    asked += 1;
    text.remove();
    button.disabled = true;
    say("", PATIENCE, () => {
      button.disabled = false;
      asked += 1; // an answer that comes later is not waited for
      say("Nothing was copied: the kernel is busy or has ended. Try again when it is idle.");
    });
    model.send({ ask: `${own}/${asked}` });
  });

  async function answered(message) {
    if (message.answer !== `${own}/${asked}`) return;
    button.disabled = false;
    if (message.problem) {
      say(`Nothing was copied: ${message.problem}`);
    } else if (await copied(message.text)) {
      say(message.said, READING, () => say(""));
    } else {
      say("This browser does not let the page copy. The text is marked below: press Ctrl+C, or Command+C on a Mac.");
      text.value = message.text;
      text.hidden = false;
      el.append(text);
      text.focus();
      text.select();
    }
  }

  model.on("msg:custom", answered);
  return () => {
    clearTimeout(timer);
    model.off("msg:custom", answered);
  };
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedByCommand(text); // no clipboard on pages without https, or not allowed
  }
}

function copiedByCommand(text) {
  const focused = document.activeElement;
  const hidden = document.createElement("textarea");
  hidden.value = text;
  hidden.style.cssText = "position: fixed; top: 0; left: -200vw";
  document.body.append(hidden);
  hidden.select();
  try {
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    hidden.remove();
    focused?.focus?.();
  }
}

export default { render };
