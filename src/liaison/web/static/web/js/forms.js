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
  if (away) away.closest(".pickedone").remove();
  const more = event.target.closest("[data-reveals]");
  if (more) {
    const part = document.getElementById(more.dataset.reveals);
    part.hidden = false;
    more.hidden = true;
    part.querySelector("input, select, textarea")?.focus();
  }
});
