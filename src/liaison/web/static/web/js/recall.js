// One tick for all patients of the page.
document.addEventListener("change", (event) => {
  const name = event.target.dataset?.ticks;
  if (!name) return;
  for (const one of document.querySelectorAll(`input[type=checkbox][name="${name}"]`)) one.checked = event.target.checked;
});
