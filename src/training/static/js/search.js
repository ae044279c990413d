// Answers while one types in the box that searches everything (WAI-ARIA combobox with a listbox).
// Without this script the form's page has the same answers.
"use strict";

const form = document.querySelector("form[data-answers]");
const box = form?.querySelector("input");
const list = form?.querySelector("[role=listbox]");
const told = form?.querySelector("[role=status]");
let waiting = 0; // the timer of what is typed
let asking; // the request whose answer is awaited
let shown = ""; // what the answers in the list are to

function open(yes) {
  list.hidden = !yes;
  box.setAttribute("aria-expanded", String(yes));
  if (!yes) choose();
}

function choose(option) {
  list.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", "false");
  box.removeAttribute("aria-activedescendant");
  if (!option) return;
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  box.setAttribute("aria-activedescendant", option.id);
}

async function ask() {
  const typed = box.value.trim();
  asking?.abort();
  if (typed === shown && typed) return open(true);
  if (!typed) return clear();
  asking = new AbortController();
  // in a header: addresses stay in the logs of whatever is on the way, and these are names
  const headers = { "X-Typed": encodeURIComponent(typed) };
  const options = { headers, signal: asking.signal, cache: "no-store", redirect: "error" };
  const found = await fetch(form.dataset.answers, options).then((answer) => (answer.ok ? answer.text() : null), () => null);
  if (found === null || typed !== box.value.trim()) return; // late, or nobody answers: Enter asks the page
  list.innerHTML = found;
  shown = typed;
  open(document.activeElement === box);
  const n = list.querySelectorAll(".found-one").length;
  told.textContent = n === 0 ? told.dataset.none : n === 1 ? told.dataset.one : told.dataset.many.replace("{n}", n);
}

function clear() {
  list.replaceChildren();
  shown = told.textContent = "";
  open(false);
}

function leave() {
  clearTimeout(waiting);
  asking?.abort();
  if (list.hidden) box.value = "";
  if (!box.value) box.blur();
  open(false);
}

const keys = {
  ArrowDown: (options, at) => options[at + 1] ?? options[0],
  ArrowUp: (options, at) => options[at - 1] ?? options.at(-1),
};

function press(event) {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const options = [...list.querySelectorAll("[role=option]")];
  const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "Escape") {
    event.preventDefault();
    leave();
  } else if (keys[event.key] && options.length) {
    event.preventDefault();
    if (list.hidden) open(true);
    choose(keys[event.key](options, at));
  } else if (event.key === "Enter" && !list.hidden && at >= 0) {
    event.preventDefault();
    options[at].click();
  }
}

if (form) {
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) {
    box.setAttribute(name, value);
  }
  box.addEventListener("input", () => {
    clearTimeout(waiting);
    choose();
    waiting = setTimeout(ask, 150);
  });
  box.addEventListener("keydown", press);
  box.addEventListener("focus", () => shown && shown === box.value.trim() && open(true));
  form.addEventListener("focusout", (event) => form.contains(event.relatedTarget) || open(false));
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus until the click
}
