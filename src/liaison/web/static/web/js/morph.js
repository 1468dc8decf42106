// Makes one element look like another with as few touches as it can, so that focus, scroll and what is open stay.

function alike(a, b) {
  return a.nodeType === b.nodeType && a.nodeName === b.nodeName && (a.id ?? "") === (b.id ?? "");
}

function attributes(have, want) {
  for (const { name, value } of [...want.attributes]) if (have.getAttribute(name) !== value) have.setAttribute(name, value);
  for (const { name } of [...have.attributes]) {
    if (want.hasAttribute(name)) continue;
    if (name === "open" || name === "aria-busy") continue;
    have.removeAttribute(name);
  }
}

function children(have, want) {
  const named = new Map();
  for (const child of have.children) if (child.id) named.set(child.id, child);
  let at = have.firstChild;
  for (const next of [...want.childNodes]) {
    const known = next.id ? named.get(next.id) : at && !at.id && alike(at, next) ? at : null;
    if (known && alike(known, next)) {
      if (known === at) at = at.nextSibling;
      else if (have.moveBefore) have.moveBefore(known, at);
      else have.insertBefore(known, at);
      node(known, next);
    } else {
      have.insertBefore(document.importNode(next, true), at);
    }
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
}

function node(have, want) {
  if (have.nodeType !== Node.ELEMENT_NODE) {
    if (have.nodeValue !== want.nodeValue) have.nodeValue = want.nodeValue;
    return;
  }
  if (have.isEqualNode(want)) return;
  attributes(have, want);
  children(have, want);
}

export function morph(have, want) {
  const focused = document.activeElement;
  const id = have.contains(focused) ? focused.id : "";
  node(have, want);
  if (id && document.activeElement?.id !== id) document.getElementById(id)?.focus({ preventScroll: true });
}
