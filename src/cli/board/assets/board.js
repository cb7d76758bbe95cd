/**
 * Keeps the page as fresh as the state: the server says when something changed, the parts that differ are put
 * in the place of the old. Without it, the page is whole, and loading it anew shows what is new.
 */
const live = document.getElementById("live");
let running = false;
let again = false;

const events = new EventSource("/events");
events.addEventListener("changed", () => void refresh());
// What changed while nobody listened was said to nobody.
events.addEventListener("open", () => void refresh());
events.addEventListener("error", () => say("the board does not answer; what is shown may be old"));

/** Says something to everyone, and nothing twice. */
function say(text) {
  if (live !== null && live.textContent !== text) live.textContent = text;
}

async function refresh() {
  if (running) {
    again = true;
    return;
  }
  running = true;
  try {
    const response = await fetch(location.href, { headers: { accept: "text/html" }, redirect: "error" });
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    // In place of what can be seen no fault is put, but in place of an older fault the newest is.
    if (response.ok || document.getElementById("fault") !== null) replacePage(fresh);
    if (response.ok) say("live");
    else say(`not live: ${fresh.querySelector("h1")?.textContent ?? `status ${response.status}`}. Load the page anew to see why`);
  } catch {
    // The stream of events says that the board is gone.
  }
  running = false;
  if (again) {
    again = false;
    void refresh();
  }
}

function replacePage(fresh) {
  if (fresh.getElementById("main") === null) return;
  document.title = fresh.title;
  const [head, freshHead] = [document.getElementById("head"), fresh.getElementById("head")];
  if (head !== null && freshHead !== null && head.outerHTML !== freshHead.outerHTML) carryOver(head, document.importNode(freshHead, true));
  replaceParts(fresh);
}

function replaceParts(fresh) {
  const asOf = fresh.getElementById("as-of")?.firstChild?.textContent;
  const own = document.getElementById("as-of")?.firstChild;
  if (asOf && own) own.textContent = asOf;
  const main = document.getElementById("main");
  const parts = [...(fresh.getElementById("main")?.children ?? [])];
  if (main === null) return;
  const kept = new Set(parts.map(({ id }) => id));
  for (const old of [...main.children]) if (!kept.has(old.id)) old.remove();
  let after = null;
  for (const part of parts) {
    const old = document.getElementById(part.id);
    const next = document.importNode(part, true);
    if (old === null) {
      if (after === null) main.prepend(next);
      else after.after(next);
      after = next;
    } else if (old.outerHTML === next.outerHTML || sameBut(old, next)) {
      after = old;
    } else {
      carryOver(old, next);
      after = next;
    }
  }
}

/** Whether only details that a reader has opened differ. */
function sameBut(old, next) {
  const closed = old.cloneNode(true);
  for (const open of closed.querySelectorAll("details[open]")) open.removeAttribute("open");
  return closed.outerHTML === next.outerHTML;
}

/** What is open stays open, and who stands somewhere by keyboard stays there. */
function carryOver(old, next) {
  const opened = new Set([...old.querySelectorAll("details[open] > summary")].map(nameOf));
  for (const summary of next.querySelectorAll("details > summary")) summary.parentElement.open = opened.has(nameOf(summary));
  const focusable = "a[href], summary, [tabindex]";
  const at = [...old.querySelectorAll(focusable)].indexOf(document.activeElement);
  const name = at < 0 ? null : nameOf(document.activeElement);
  old.replaceWith(next);
  if (name === null) return;
  const all = [...next.querySelectorAll(focusable)];
  (all.find((one) => nameOf(one) === name) ?? all[at])?.focus({ preventScroll: true });
}

/** What something is called by who cannot see it: that stays, where counts and places change. */
function nameOf(element) {
  return element.getAttribute("aria-label") ?? element.querySelector(".sr")?.textContent ?? element.textContent;
}
