// What pages do better with a script. Nothing here is needed: every page works without it.
"use strict";

const typing = (node) => node.matches("input, textarea, select, [contenteditable]");
const paris = (options) => new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: "UTC", ...options });

// One press, one sending. The form still goes out with its button's name and value: nothing is disabled,
// a second press is only not listened to. Coming back with the browser's arrow makes it ready again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
  const button = event.submitter;
  if (button) button.setAttribute("aria-disabled", "true");
  setTimeout(() => ready(form), 15_000); // the network may have lost it: let the person try again
});
function ready(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
}
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(ready));

// `/` goes to the search box, the team's to the one that searches everything; arrows walk the first links of a list's
// rows, and into the list from its own box.
const rows = () => [...document.querySelectorAll("table[data-arrows] tbody th a, [data-arrows] .where a, [data-arrows] > li > button")];
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const search = document.querySelector("form[data-answers] input, input[type=search]");
  if (event.key === "/" && search && !typing(event.target)) {
    event.preventDefault();
    search.focus();
    search.select();
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const links = rows();
  const at = links.indexOf(document.activeElement);
  const next = event.target.matches("input[type=search]:not([role=combobox])") && step > 0 ? links[0] : at >= 0 ? links[at + step] : null;
  if (next) {
    event.preventDefault();
    next.focus();
  }
});

// A date is easier to check with its day's name: "mardi 9 mars 2027".
function sayDay(input) {
  const said = document.getElementById(`${input.id}-day`);
  if (!said) return;
  const day = new Date(`${input.value}T12:00:00Z`);
  const whole = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
  const words = input.value && !Number.isNaN(day.valueOf()) ? paris(whole).format(day) : "";
  // browsers write « 1 janvier »; French says « 1er »
  said.textContent = document.documentElement.lang === "fr" ? words.replace(/\b1 (?=\p{L})/u, "1er ") : words;
}
for (const input of document.querySelectorAll("input[type=date]")) {
  sayDay(input);
  input.addEventListener("input", () => sayDay(input));
}

// The button says for how many, as they are typed; what is no number, or more than there is, is answered by the page.
for (const button of document.querySelectorAll("button[data-counts]")) {
  const { none, one, many, most } = button.dataset;
  const typed = document.getElementById(button.dataset.counts);
  // whoever says what they are comes back to the number that they had typed
  for (const link of typed?.form.querySelectorAll("a[href*='pour=']") ?? []) {
    link.addEventListener("click", () => {
      const to = new URL(link.href);
      if (typed.value.trim()) to.searchParams.set(typed.name, typed.value.trim());
      link.href = to;
    });
  }
  typed?.addEventListener("input", () => {
    const n = /^[0-9]{1,4}$/.test(typed.value.trim()) ? Number(typed.value) : 0;
    button.textContent = n < 1 || n > Number(most) ? none : n === 1 ? one : many.replace("{n}", n);
  });
}

// A text that is shown as it will read, while it is typed: the server draws it, as it draws the page.
for (const text of document.querySelectorAll("textarea[data-preview]")) {
  const shown = document.getElementById(`${text.id}-preview`);
  let waits;
  let asked = 0;
  const draw = async () => {
    const turn = ++asked;
    const sent = new URLSearchParams([[text.name, text.value]]);
    sent.append("_csrf_token", text.form.elements._csrf_token.value);
    const answer = await fetch(text.dataset.preview, { method: "POST", body: sent }).catch(() => null);
    if (answer?.ok && turn === asked) shown.innerHTML = await answer.text();
  };
  text.addEventListener("input", () => {
    clearTimeout(waits);
    waits = setTimeout(draw, 300);
  });
}

// A mail that somebody waits for: the page says that it left, or comes again when there is something else to say.
async function lookAgain(tries) {
  const line = document.querySelector("[data-look-again]");
  if (!line || !tries) return;
  await new Promise((done) => setTimeout(done, Number(line.dataset.lookAgain)));
  const found = await fetch(location.href).then((answer) => (answer.ok ? answer.text() : ""), () => "");
  const page = new DOMParser().parseFromString(found, "text/html");
  const title = page.querySelector("h1")?.textContent;
  if (title && title !== document.querySelector("h1").textContent) return location.reload();
  const now = page.querySelector("#fate");
  if (now) line.replaceWith(now);
  lookAgain(tries - 1);
}
lookAgain(40);

// What has to be corrected is read first.
document.querySelector(".error-summary")?.focus();

// Copy buttons exist only where copying can work.
for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    await navigator.clipboard.writeText(source.value);
    source.select();
    button.textContent = button.dataset.done;
  });
}

// Buttons that only a script can serve (printing) are shown by it.
for (const button of document.querySelectorAll("button[data-act=print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// A commune: those that are known are offered while its name or its postcode is typed, and the one fills the other.
for (const pair of document.querySelectorAll("[data-commune]")) {
  const city = pair.querySelector("input[list]");
  const [postcode] = [...pair.querySelectorAll("input")].filter((input) => input !== city);
  const known = pair.querySelector("datalist");
  const offer = async (asked) => {
    const found = await fetch(`${pair.dataset.commune}?${new URLSearchParams(asked)}`).catch(() => null);
    if (found?.ok) known.innerHTML = await found.text();
    return [...known.options];
  };
  const take = (option) => {
    city.value = option.dataset.name;
    postcode.value = option.dataset.postcode;
  };
  let waiting;
  city.addEventListener("input", () => {
    const chosen = [...known.options].find((option) => option.value === city.value);
    if (chosen) return take(chosen);
    clearTimeout(waiting);
    if (city.value.trim().length > 1) waiting = setTimeout(() => offer({ q: city.value, cp: postcode.value }), 150);
  });
  postcode.addEventListener("input", async () => {
    if (!/^[0-9]{5}$/.test(postcode.value.trim())) return;
    const options = await offer({ cp: postcode.value.trim() });
    if (options.length === 1 && !city.value.trim()) take(options[0]);
    settle();
  });
}

// A mark beside a field speaks of what was refused: it goes once something else stands there, typed, chosen, or written
// by a part that came back. The server reads it all again.
const refused = new Map();
const stands = (name) => {
  const field = document.getElementById(name);
  const form = field?.form ?? field?.closest("form");
  return form ? new FormData(form).getAll(name).map((value) => value.name ?? value).join("\n") : null;
};
const marked = (mark) => mark.id.replace(/-error$/, "");
for (const mark of document.querySelectorAll("form .error[id$=-error]")) refused.set(marked(mark), stands(marked(mark)));
function settle() {
  for (const [name, was] of refused) {
    const now = stands(name), mark = document.getElementById(`${name}-error`);
    if ((mark || now !== null) && (now === was || now === "")) continue;
    if (mark) {
      for (const field of document.querySelectorAll(`[aria-describedby~="${mark.id}"]`)) field.removeAttribute("aria-invalid");
      mark.remove();
    }
    refused.delete(name);
    document.querySelector(`.error-summary a[href="#${name}"]`)?.closest("li").remove();
  }
  const summary = document.querySelector(".error-summary");
  if (summary && !summary.querySelector("li")) summary.remove();
}
if (refused.size) document.addEventListener("change", settle);

// A form that answers while somebody is on the line: what was typed goes out, and the parts that tell something come
// back. The same form without a script is sent by its buttons.
for (const form of document.querySelectorAll("form[data-live]")) {
  let waits, latest = 0;
  const look = async (picked) => {
    const turn = ++latest;
    const typed = new FormData(form);
    for (const [name, value] of [...typed]) if (value instanceof File) typed.delete(name);
    if (picked?.name) typed.set(picked.name, picked.value);
    const answer = await fetch(form.action, { method: "POST", body: typed }).catch(() => null);
    if (!answer?.ok || turn !== latest) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const at = document.activeElement?.id;
    for (const part of form.querySelectorAll("[data-part]")) {
      const now = page.getElementById(part.id);
      if (now && now.innerHTML !== part.innerHTML && (picked || !part.contains(document.activeElement))) part.replaceWith(now);
    }
    settle();
    const next = picked && document.getElementById(picked.dataset.pick);
    if (next) next.focus();
    else if (at && document.activeElement === document.body) document.getElementById(at)?.focus();
  };
  form.addEventListener("input", (event) => {
    clearTimeout(waits);
    if (event.target.type !== "file") waits = setTimeout(look, event.target.matches("textarea") ? 1_500 : 250);
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-pick]");
    if (!button) return;
    event.preventDefault();
    clearTimeout(waits);
    look(button);
  });
  // Enter goes on, to what was found or to the button that books: a browser's own Enter presses the first button there
  // is, the one that lets go of who was chosen.
  form.addEventListener("keydown", async (event) => {
    if (event.key !== "Enter" || event.isComposing || !event.target.matches("input:not([type=file])")) return;
    event.preventDefault();
    clearTimeout(waits);
    await look();
    const after = (part) => event.target.compareDocumentPosition(part) & Node.DOCUMENT_POSITION_FOLLOWING;
    const parts = [...form.querySelectorAll("[data-part]")].filter(after);
    const next = parts.flatMap((part) => [...part.querySelectorAll(".picks button, button[name=act], input, select")]);
    next.find((one) => one.type !== "hidden" && one.checkVisibility())?.focus();
  });
}

// Planning: as the offer is chosen, those who may deliver it come first in each list of people.
for (const dates of document.querySelectorAll("[data-skills]")) {
  const skills = JSON.parse(dates.dataset.skills);
  document.getElementById("offer")?.addEventListener("change", (event) => {
    const able = new Set((skills[event.target.value] ?? []).map(String));
    for (const list of dates.querySelectorAll("select[name^=facilitator-]")) {
      const chosen = list.value;
      const people = [...list.querySelectorAll("option")].filter((option) => option.value);
      const groups = [[dates.dataset.able, true], [dates.dataset.others, false]].map(([label, first]) => {
        const group = Object.assign(document.createElement("optgroup"), { label });
        group.append(...people.filter((option) => able.has(option.value) === first));
        return group;
      });
      list.querySelectorAll("optgroup").forEach((group) => group.remove());
      list.append(...(able.size ? groups.filter((group) => group.children.length) : people));
      list.value = chosen;
    }
  });
}

// One more date begins at the hours, in the place and with the person of the one before it; folded again without a day,
// it is none.
for (const more of document.querySelectorAll("[data-skills] details")) {
  const day = more.querySelector("input[type=date]");
  const fields = [...more.querySelectorAll("input, select")].filter((field) => field !== day);
  more.addEventListener("toggle", () => {
    if (day.value || (more.open && fields.some((field) => field.value))) return;
    for (const field of fields) {
      const [name, n] = field.id.split("-");
      field.value = more.open ? document.getElementById(`${name}-${n - 1}`).value : "";
    }
  });
}

// Whoever leaves a long form by one of its links, to make what it lacks, finds it as it was left, once.
for (const form of document.querySelectorAll("form[data-kept]")) {
  const fields = [...form.elements].filter((field) => field.name && !["hidden", "submit", "file"].includes(field.type));
  const key = `kept ${form.getAttribute("action")}`;
  const left = JSON.parse(sessionStorage.getItem(key) ?? "{}");
  sessionStorage.removeItem(key);
  for (const field of fields) {
    const kept = left[field.name];
    if (kept === undefined) continue;
    if (field.type === "radio" || field.type === "checkbox") field.checked = kept === field.value;
    else if (!field.value) field.value = kept;
    if (kept) field.closest("details")?.setAttribute("open", "");
  }
  form.addEventListener("click", (event) => {
    if (!event.target.closest("a[href]")) return;
    const typed = fields.filter((field) => field.checked || !["radio", "checkbox"].includes(field.type));
    sessionStorage.setItem(key, JSON.stringify(Object.fromEntries(typed.map((field) => [field.name, field.value]))));
  });
}
