// The find box: a combobox over the answers that htmx brings; arrows choose, Enter opens, Escape leaves.
const box = document.getElementById("find");
const list = document.getElementById("found");

function options() {
  return [...list.querySelectorAll("[role=option]")];
}

function choose(option) {
  for (const other of options()) other.setAttribute("aria-selected", String(other === option));
  if (option) {
    box.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else {
    box.removeAttribute("aria-activedescendant");
  }
}

function close() {
  list.replaceChildren();
  box.setAttribute("aria-expanded", "false");
  box.removeAttribute("aria-activedescendant");
}

if (box && list) {
  box.form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== list) return;
    box.setAttribute("aria-expanded", String(list.childElementCount > 0));
    choose(options()[0]);
  });
  box.addEventListener("keydown", (event) => {
    const all = options();
    const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (all.length) choose(all[(at + step + all.length) % all.length]);
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      location.href = all[at].dataset.href;
    } else if (event.key === "Escape") {
      box.value = "";
      close();
      box.blur();
    }
  });
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) location.href = option.dataset.href;
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".find")) close();
  });
}
