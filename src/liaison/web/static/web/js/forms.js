// Forms: sent once however often they are pressed, the cause of a refusal in sight, a warning before typed work is lost.
const sending = new WeakSet();
const dirty = new Set();

function done(form) {
  sending.delete(form);
  form.removeAttribute("aria-busy");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (sending.has(form)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  if (form.method === "dialog") return;
  sending.add(form);
  form.setAttribute("aria-busy", "true");
  dirty.delete(form);
  // A form that opens a file leaves the page where it is, and one that another script stops is not on its way
  if (form.target === "_blank") setTimeout(() => done(form), 1500);
  queueMicrotask(() => { if (event.defaultPrevented && !form.matches("[hx-post], [hx-get]")) done(form); });
}, true);

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest("form");
  if (!form) return;
  done(form);
  if (!event.detail.successful && form.matches("[data-guard]")) dirty.add(form);
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[aria-busy]").forEach(done);
});

function showCause(root) {
  const cause = root.querySelector?.(".field.wrong :is(input, select, textarea), [aria-invalid=true]");
  if (cause) cause.focus();
}
document.addEventListener("htmx:afterSettle", (event) => showCause(event.detail.elt));
showCause(document);

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-guard]");
  if (form) dirty.add(form);
});
window.addEventListener("beforeunload", (event) => {
  for (const form of dirty) if (!form.isConnected) dirty.delete(form);
  if (dirty.size) event.preventDefault();
});

// A line of a list that is picked once more is a line more: "add another", and away again
document.addEventListener("click", (event) => {
  const away = event.target.closest("[data-unpick]");
  if (away) {
    const field = away.closest(".field");
    away.closest(".pickedone").remove();
    changed(field);
  }
  const more = event.target.closest("[data-reveals]");
  if (more) {
    const part = document.getElementById(more.dataset.reveals);
    part.hidden = false;
    more.hidden = true;
    part.querySelector("input, select, textarea")?.focus();
  }
});

// Whoever shows what is still open about the codes picked follows this
function changed(field) {
  field?.dispatchEvent(new CustomEvent("picked", { bubbles: true }));
}

// Codes are picked from the list under the words; Enter takes the first one instead of sending the form.
// An answer to what is still open takes the place of the code that it is about
function pick(hit) {
  const field = hit.closest(".field");
  const picked = field.querySelector(".picked");
  const words = field.querySelector("[data-picker]");
  const name = picked.dataset.name ?? "diagnoses";
  if ("single" in picked.dataset && !hit.dataset.swaps) picked.replaceChildren();
  const replaced = hit.dataset.swaps && picked.querySelector(`input[value="${CSS.escape(hit.dataset.swaps)}"]`);
  if (!picked.querySelector(`input[value="${CSS.escape(hit.dataset.picks)}"]`)) {
    const one = document.createElement("span");
    one.className = "pickedone";
    const value = document.createElement("input");
    value.type = "hidden";
    value.name = name;
    value.value = hit.dataset.picks;
    const text = document.createElement("span");
    text.textContent = `${hit.dataset.picks} ${hit.dataset.words}`;
    const away = document.createElement("button");
    away.type = "button";
    away.dataset.unpick = "";
    away.setAttribute("aria-label", `Remove ${hit.dataset.picks}`);
    away.textContent = "✕";
    one.append(value, text, away);
    if (replaced) replaced.closest(".pickedone").replaceWith(one);
    else picked.append(one);
  }
  changed(field);
  words.value = "";
  field.querySelector(".hits").replaceChildren();
  words.focus();
}
document.addEventListener("click", (event) => {
  const hit = event.target.closest("[data-picks]");
  if (hit) pick(hit);
});
document.addEventListener("keydown", (event) => {
  const words = event.target.closest?.("[data-picker]");
  if (!words || event.ctrlKey || event.metaKey) return;
  const hits = words.closest(".field").querySelector(".hits");
  if (event.key === "Enter") {
    event.preventDefault();
    const first = hits.querySelector("[data-picks]");
    if (first) pick(first);
  } else if (event.key === "ArrowDown") {
    event.preventDefault();
    words.closest(".field").querySelector("[data-picks]")?.focus();
  }
});
document.addEventListener("keydown", (event) => {
  const hit = event.target.closest?.("[data-picks]");
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (!hit || !step) return;
  event.preventDefault();
  const all = [...hit.closest(".field").querySelectorAll("[data-picks]")];
  (all[all.indexOf(hit) + step] ?? hit.closest(".field").querySelector("[data-picker]")).focus();
});
