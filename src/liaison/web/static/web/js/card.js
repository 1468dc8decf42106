// Doses from a card: as the last line is filled, another one opens.
const rows = document.querySelector(".cardrows");

function another(last) {
  const next = last.cloneNode(true);
  const at = rows.querySelectorAll("[data-row]").length;
  for (const part of next.querySelectorAll("[id], [for], [aria-describedby]")) {
    for (const name of ["id", "for", "aria-describedby"]) {
      if (part.hasAttribute(name)) part.setAttribute(name, part.getAttribute(name).replace(/-\d+$/, `-${at}`));
    }
  }
  for (const input of next.querySelectorAll("input")) {
    input.value = "";
    input.removeAttribute("autofocus");
    input.removeAttribute("aria-invalid");
  }
  next.classList.remove("refused");
  for (const field of next.querySelectorAll(".wrong")) field.classList.remove("wrong");
  next.querySelector(".said").textContent = "";
  rows.append(next);
}

rows?.addEventListener("input", (event) => {
  const row = event.target.closest("[data-row]");
  if (row === rows.querySelector("[data-row]:last-of-type") && event.target.value) another(row);
});

// Enter goes on to the next field, as on paper; Control and Enter sends
rows?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.target.tagName !== "INPUT") return;
  event.preventDefault();
  const fields = [...rows.querySelectorAll("input")];
  fields[fields.indexOf(event.target) + 1]?.focus();
});
