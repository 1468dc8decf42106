// The drawer's count, added up while it is typed.

const dollars = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });

for (const form of document.querySelectorAll("form[data-count]")) {
  const said = form.querySelector("[data-counted]");
  const show = () => {
    let cents = 0;
    for (const field of form.querySelectorAll("input[name^=piece]")) cents += Number(field.name.slice(5)) * (Number(field.value) || 0);
    const off = cents - Number(form.dataset.expected);
    const words = off === 0 ? "right" : `${dollars.format(Math.abs(off) / 100)} ${off > 0 ? "over" : "short"}`;
    said.textContent = cents ? `${dollars.format(cents / 100)}, ${words}` : "";
  };
  form.addEventListener("input", show);
  show();
}
