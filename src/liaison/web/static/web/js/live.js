// Live pages: one event stream says which topics changed; fragments that show them are fetched anew and morphed in place.
// <section data-live="visits places" data-live-url="/today/board">…</section>
import { morph } from "./morph.js";

const GATHER_MS = 120;
const REFRESH_MS = 60000;
const running = new Map();
let source = null;
let retry = null;
let wait = 1000;

// One stream a tab: the server ends that of the page before as soon as this one asks
function tab() {
  let name = sessionStorage.getItem("liaison.tab");
  if (!name) {
    name = Array.from(crypto.getRandomValues(new Uint32Array(3)), (part) => part.toString(36)).join("");
    sessionStorage.setItem("liaison.tab", name);
  }
  return name;
}

function fragments() {
  return [...document.querySelectorAll("[data-live]")];
}

function show(state) {
  for (const sign of document.querySelectorAll("[data-live-sign]")) {
    sign.dataset.state = state;
    sign.querySelector("[data-words]").textContent = { live: "live", offline: "offline, trying again", quiet: "" }[state];
  }
}

async function refresh(part) {
  const task = running.get(part);
  if (task) {
    task.again = true;
    return;
  }
  const mine = { again: false };
  running.set(part, mine);
  try {
    const answer = await fetch(part.dataset.liveUrl, { headers: { "HX-Request": "true" }, redirect: "manual" });
    if (answer.headers.get("HX-Redirect")) location.href = answer.headers.get("HX-Redirect");
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(part.id);
    if (fresh && part.isConnected) {
      morph(part, fresh);
      window.htmx?.process(part);
    }
  } catch (failure) {
    if (!(failure instanceof TypeError)) throw failure;
    show("offline");
  } finally {
    running.delete(part);
    if (mine.again) refresh(part);
  }
}

let gathered = new Set();
let timer = null;
function changed(topics) {
  for (const topic of topics) gathered.add(topic);
  timer ??= setTimeout(() => {
    const now = gathered;
    gathered = new Set();
    timer = null;
    for (const part of fragments()) {
      if (now.has("*") || part.dataset.live.split(" ").some((topic) => now.has(topic))) refresh(part);
    }
  }, GATHER_MS);
}

// An act of one's own on this page shows at once, whatever the stream does
document.addEventListener("acted", () => changed(["*"]));

function open() {
  clearTimeout(retry);
  if (source || document.hidden) return;
  const stream = new EventSource(`/events?tab=${tab()}`);
  source = stream;
  stream.addEventListener("open", () => {
    wait = 1000;
    show("live");
  });
  stream.addEventListener("change", (event) => changed(JSON.parse(event.data).topics));
  stream.addEventListener("error", () => {
    if (stream !== source) return;
    show("offline");
    stream.close();
    source = null;
    retry = setTimeout(() => {
      open();
      changed(["*"]);
    }, wait * (0.75 + Math.random() / 2));
    wait = Math.min(wait * 2, 15000);
  });
}

function close() {
  clearTimeout(retry);
  source?.close();
  source = null;
}

if (document.querySelector("[data-live-sign]")) {
  // A hidden tab gives its connection back: a browser has six for a clinic, and the tab in sight needs one
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      close();
    } else {
      open();
      changed(["*"]);
    }
  });
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", open);
  open();
  setInterval(() => { if (!document.hidden) changed(["*"]); }, REFRESH_MS);
}
