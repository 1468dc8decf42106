// On a phone the long lists of a page begin folded; whoever opens one keeps it open.
if (matchMedia("(max-width: 48rem)").matches) {
  for (const fold of document.querySelectorAll("details.fold[open]")) fold.open = false;
}
