// The keyboard: / finds, g and a letter goes, j and k walk among cards, ? tells them all, Ctrl or ⌘ with Enter sends.
const STORED = "liaison.keys";
const on = () => localStorage.getItem(STORED) !== "off";
let going = 0;

function typing(element) {
  return element?.closest("input, textarea, select, [contenteditable=true]");
}

function walk(step) {
  const cards = [...document.querySelectorAll("[data-card]")].filter((card) => card.offsetParent);
  if (!cards.length) return;
  const at = cards.findIndex((card) => card.contains(document.activeElement));
  const card = cards[at < 0 ? (step > 0 ? 0 : cards.length - 1) : Math.min(cards.length - 1, Math.max(0, at + step))];
  (card.querySelector("[data-opener]") ?? card).focus();
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
}

// A page may give a key to one of its buttons
function pressed(key) {
  const button = /^[a-z]$/.test(key) && document.querySelector(`[data-press="${key}"]:not([disabled])`);
  return button ? () => button.click() : undefined;
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    const form = document.activeElement?.closest("form") ?? document.querySelector("form[data-step]");
    if (form && form.id !== "findform") {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[type=submit].go") ?? undefined);
    }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
  if (!on() && event.key !== "?") return;
  if (Date.now() - going < 1200) {
    going = 0;
    const link = document.querySelector(`a[data-key="${CSS.escape(event.key)}"]`);
    if (link) {
      event.preventDefault();
      location.href = link.href;
    }
    return;
  }
  const does = {
    "/": () => document.getElementById("find")?.select(),
    "?": () => document.getElementById("keys")?.showModal(),
    g: () => { going = Date.now(); },
    j: () => walk(1),
    k: () => walk(-1),
  }[event.key] ?? pressed(event.key);
  if (does) {
    event.preventDefault();
    does();
  }
});

const choice = document.getElementById("keys-on");
if (choice) {
  choice.checked = on();
  choice.addEventListener("change", () => localStorage.setItem(STORED, choice.checked ? "on" : "off"));
}
