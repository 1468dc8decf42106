// What every page runs: the theme, menus and dialogs, then the modules.
import "./find.js";
import "./forms.js";
import "./keys.js";
import "./live.js";

const YEAR = 31536000;

document.addEventListener("change", (event) => {
  if (event.target.name !== "theme") return;
  const theme = event.target.value;
  document.documentElement.dataset.theme = theme;
  document.cookie = `theme=${theme}; path=/; max-age=${YEAR}; SameSite=Lax`;
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  if (event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();
  if (event.target.closest("[data-dismiss]")) event.target.closest(".notice")?.remove();
  if (event.target.closest("[data-print]")) window.print();
  if (event.target.matches("dialog.dialog")) event.target.close();
});

// On a narrow screen the stage where the visit stands, and the step that is open, are scrolled into sight
function showPlace() {
  for (const here of document.querySelectorAll(".path [aria-current], .steps [aria-current]")) {
    const strip = here.closest("ol");
    strip.scrollLeft = here.offsetLeft - strip.offsetLeft - strip.clientWidth / 3;
  }
}
showPlace();
document.addEventListener("htmx:afterSettle", showPlace);

// Says something at the edge of the page without taking it over.
export function notice(words, kind = "refused") {
  const box = document.createElement("div");
  box.className = `notice ${kind}`;
  const text = document.createElement("span");
  text.textContent = words;
  const close = document.createElement("button");
  close.type = "button";
  close.dataset.dismiss = "";
  close.setAttribute("aria-label", "Dismiss");
  close.textContent = "✕";
  box.append(text, close);
  document.getElementById("notices")?.append(box);
}

// What was done is said for a while and then makes room, for it may stand over a button; a refusal stays until it is read
const SAID_FOR = 8000;
function leave(box) {
  if (box.matches(":hover, :focus-within")) setTimeout(leave, 1000, box);
  else box.remove();
}
for (const box of document.querySelectorAll(".notice.done")) setTimeout(leave, SAID_FOR, box);

document.addEventListener("htmx:sendError", () => notice("The clinic’s server does not answer. Nothing was saved; try again in a moment."));
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status >= 500) notice("Something went wrong on our side. Nothing was changed halfway; try again, or tell the office manager.");
});
