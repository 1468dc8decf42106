// A code that a scanner types into a field with data-scan (the address that knows codes) fills the form around it;
// without an address the form is sent as it is.
// The scanner ends with Enter. Its separator has no key: it comes as Ctrl and a bracket, and is written as it is meant.
const SEPARATOR = "\x1d";

document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.("[data-scan]");
  if (!field) return;
  if (event.ctrlKey && (event.key === "]" || event.code === "BracketRight")) {
    event.preventDefault();
    field.setRangeText(SEPARATOR, field.selectionStart, field.selectionEnd, "end");
  } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && field.dataset.scan) {
    event.preventDefault();
    if (field.value.trim()) scanned(field);
  }
});

// Each form listens for `scanned` if it wants to do more with what was found
async function scanned(field) {
  const form = field.form;
  const said = form.querySelector("[data-scan-said]");
  const found = await ask(field);
  const state = found.sorry ? "sorry" : "found";
  if (said) {
    said.dataset.state = state;
    said.textContent = found.sorry || [found.name, found.lot && `lot ${found.lot}`, found.expires_on && `expires ${found.expires_on}`].filter(Boolean).join(", ");
  }
  const unknown = form.querySelector("[data-scan-unknown]");
  if (unknown && found.gtin) {
    unknown.hidden = !found.unknown;
    unknown.querySelector("input").checked = Boolean(found.unknown);
  }
  if (found.ok) fill(form, field, found);
  field.dispatchEvent(new CustomEvent("scanned", { bubbles: true, detail: found }));
  next(form, field, found);
}

async function ask(field) {
  const body = new FormData();
  body.set("code", field.value);
  body.set("csrfmiddlewaretoken", field.form.querySelector("[name=csrfmiddlewaretoken]").value);
  field.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(field.dataset.scan, { method: "POST", body });
    const found = await answer.json();
    return { ...found, ok: answer.ok };
  } catch {
    return { ok: false, sorry: "The clinic’s server does not answer. Type what the package says." };
  } finally {
    field.removeAttribute("aria-busy");
  }
}

function fill(form, field, found) {
  for (const place of form.querySelectorAll("[data-scanned]")) {
    const value = found[place.dataset.scanned];
    if (value === "" || value === null || value === undefined) continue;
    // How many there are was perhaps counted already
    if (place.dataset.scanned === "doses" && place.value) continue;
    place.value = value;
    place.dispatchEvent(new Event("input", { bubbles: true }));
    place.dispatchEvent(new Event("change", { bubbles: true }));
  }
  if (!field.matches("[data-scanned]")) field.value = "";
}

function next(form, field, found) {
  if (!found.ok) {
    field.select();
    return;
  }
  const empty = [...form.querySelectorAll("input:not([type=hidden]):not([type=checkbox]), select")].find((one) => one !== field && !one.value && !one.closest("[hidden]") && one.name && one.name !== "note");
  (empty ?? form.querySelector(".btn.go"))?.focus();
}

// A unit that is not of the item's kind cannot be chosen for it; where one is left, it is chosen
document.addEventListener("change", (event) => {
  const form = event.target.closest?.("form[data-item-kinds]");
  if (form && event.target.name === "item") fit(form);
});
function fit(form) {
  const kind = JSON.parse(form.dataset.itemKinds)[form.elements.item.value];
  const kinds = JSON.parse(form.dataset.unitKinds);
  const unit = form.elements.unit;
  let fitting = [];
  for (const one of unit.options) {
    one.disabled = Boolean(one.value && kind && kinds[one.value] !== kind);
    if (one.value && !one.disabled) fitting.push(one.value);
  }
  if (unit.selectedOptions[0]?.disabled) unit.value = "";
  if (!unit.value && fitting.length === 1) unit.value = fitting[0];
}
for (const form of document.querySelectorAll("form[data-item-kinds]")) fit(form);
