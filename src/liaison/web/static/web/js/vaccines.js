// Vaccines: sites follow the route, the observation counts down, "no to all", and a scan ends its own form.
function sites(form) {
  const route = form.querySelector("[data-route]").value;
  const select = form.querySelector("[name=body_site]");
  for (const option of select.options) {
    const other = option.dataset.for && option.dataset.for !== route;
    option.hidden = other;
    option.disabled = other;
    if (other && option.selected) select.value = "";
  }
}
for (const form of document.querySelectorAll("[data-dose]")) {
  sites(form);
  form.querySelector("[data-route]").addEventListener("change", () => sites(form));
}

for (const form of document.querySelectorAll("[data-screening]")) {
  form.querySelector("[data-all-no]").addEventListener("click", () => {
    for (const ask of form.querySelectorAll("fieldset")) {
      if (!ask.querySelector(":checked")) ask.querySelector("[value=no]").click();
    }
    form.querySelector("[type=submit]").focus();
  });
}

for (const watch of document.querySelectorAll("[data-until]")) {
  // The server's clock may run ahead in a rehearsal: the page counts from what was left when it was made
  const ends = Date.now() + Number(watch.dataset.seconds) * 1000;
  const left = watch.querySelector("[data-left]");
  const show = () => {
    const seconds = Math.max(0, Math.round((ends - Date.now()) / 1000));
    left.textContent = seconds ? `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} left` : "over";
    if (!seconds) {
      watch.querySelector("[data-well]").classList.add("go");
      clearInterval(timer);
    }
  };
  const timer = setInterval(show, 1000);
  show();
}
