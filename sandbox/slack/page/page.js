import { startComposer } from "./composer.js";
import { startForms } from "./forms.js";
import { html } from "./html.ts";
import { renderBlocks } from "./render-blocks.ts";
import { avatar } from "./render-message.ts";
import { startTimeline } from "./timeline.js";

const $ = (id) => document.getElementById(id);
const state = JSON.parse($("state").textContent);
state.ephemerals = {};
state.replyTo = null;
state.where = firstPlace();

/** The conversation asked for, else the channel in which the app tells its news, else the app's own. */
function firstPlace() {
  const asked = new URLSearchParams(location.search).get("channel") ?? location.hash.slice(1);
  if (asked === "home") return "home";
  const { conversations } = state.desk;
  if (conversations.some((one) => one.id === asked)) return asked;
  const news = conversations.find((one) => one.withApp && one.kind !== "im");
  return (news ?? conversations.find((one) => one.kind === "im")).id;
}

function rendering() {
  const names = new Map(state.desk.people.map((one) => [one.id, one.name]));
  names.set(state.desk.app.id, state.desk.app.name);
  const channels = new Map(state.desk.conversations.map((one) => [one.id, one.name]));
  return {
    me: state.desk.me,
    tz: state.desk.tz,
    now: Date.now() + clockShift,
    nameOf: (id) => names.get(id) ?? "someone",
    channelName: (id) => channels.get(id) ?? "a channel",
    people: state.desk.people.filter((one) => !one.deactivated),
  };
}
let clockShift = state.desk.now - Date.now();

async function act(doing, fields = {}) {
  try {
    const response = await fetch("/page/act", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ as: state.desk.me, do: doing, ...fields }),
    });
    const answer = await response.json();
    if (answer.ok && !answer.acked) {
      const reading = doing === "home" || doing === "messages" || doing === "post";
      if (!reading) toast(`${state.desk.app.name} did not answer. Please try again.`);
    }
    if (!answer.ok && !Object.keys(answer.errors ?? {}).length) toast(answer.problem);
    return answer;
  } catch {
    toast("The chat server cannot be reached.");
    return { ok: false, acked: false };
  }
}

let toastTimer;
function toast(text) {
  const box = $("toast");
  box.textContent = text;
  box.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => (box.hidden = true), 6000);
}

const app = { $, state, rendering, act, toast, goTo, draw };
const forms = startForms(app);
const timeline = startTimeline({ ...app, forms });
const composer = startComposer({ ...app, timeline });

function conversation() {
  return state.desk.conversations.find((one) => one.id === state.where);
}

function goTo(where) {
  state.where = where;
  state.replyTo = null;
  document.body.classList.remove("drawer");
  const query = new URLSearchParams(location.search);
  query.delete("channel");
  query.delete("ts");
  history.replaceState(null, "", `?${query}#${where}`);
  timeline.arrive();
  draw();
  if (where === "home") return void act("home");
  composer.focus();
  if (conversation()?.kind === "im") void act("messages");
}

function badge(count) {
  return count > 0 ? html`<b class="count">${count > 99 ? "99+" : count}</b>` : "";
}

function drawSide() {
  const { desk, where } = state;
  $("team").textContent = desk.team;
  const row = (one, sign) => {
    const marks = `${one.id === where ? "here" : ""} ${one.unread > 0 ? "unread" : ""}`;
    return html`<button type="button" class="place ${marks}" data-channel="${one.id}" aria-current="${one.id === where}">${sign}<span>${one.name}</span>${badge(one.id === where && document.hasFocus() ? 0 : one.unread)}</button>`;
  };
  const shared = desk.conversations.filter((one) => one.kind !== "im");
  const own = desk.conversations.filter((one) => one.kind === "im");
  const here = where === "home";
  const homeSign = html`<i class="sign"><svg viewBox="0 0 20 20" width="16" height="16"><path d="M3.500 9 10 3.500 16.500 9v7.500h-4.300v-4.700H7.800v4.700H3.500Z" fill="none" stroke="currentColor" stroke-width="1.600" stroke-linejoin="round"/></svg></i>`;
  $("nav").innerHTML =
    html`<h2>App</h2>${own.map((one) => row(one, avatar(desk.app.id, desk.app.name, true)))}<button type="button" class="place ${here ? "here" : ""}" id="home" aria-current="${String(here)}">${homeSign}<span>App Home</span></button><h2>Channels</h2>${shared.map((one) => row(one, html`<i class="sign">#</i>`))}`.markup;
  const options = desk.people
    .filter((one) => !one.deactivated || one.id === desk.me)
    .map(
      (one) =>
        html`<option value="${one.id}"${one.id === desk.me ? html` selected` : ""}>${one.name}${one.title ? ` · ${one.title}` : ""}</option>`,
    );
  const markup = html`${options}`.markup;
  if ($("me").dataset.markup !== markup) {
    $("me").innerHTML = markup;
    $("me").dataset.markup = markup;
  }
  $("my-title").textContent = desk.people.find((one) => one.id === desk.me)?.title ?? "";
  const waiting = desk.conversations.reduce((sum, one) => sum + one.unread, 0);
  document.title = `${waiting > 0 ? `(${waiting}) ` : ""}${desk.people.find((one) => one.id === desk.me)?.name ?? ""} · Sandbox chat`;
}

function drawHome() {
  const box = $("home-view");
  const { home } = state.desk;
  const key = home ? home.hash : "none";
  if (box.dataset.key === key) return;
  const kept = forms.valuesIn(box);
  box.dataset.key = key;
  box.dataset.view = home?.id ?? "";
  box.innerHTML = home
    ? html`<div class="sheet blocks">${renderBlocks(home.blocks, rendering())}</div>`.markup
    : html`<div class="empty"><h2>Nothing here yet</h2><p>${state.desk.app.name} fills this page when you open it.</p></div>`
        .markup;
  forms.restore(box, kept);
}

function draw() {
  const here = conversation();
  const atHome = state.where === "home";
  drawSide();
  $("conversation").hidden = atHome;
  $("home-view").hidden = !atHome;
  $("title").textContent = atHome
    ? "App Home"
    : here?.kind === "im"
      ? here.name
      : `# ${here?.name}`;
  const people = here?.kind === "im" ? "Direct messages with the app" : `${here?.members} members`;
  $("purpose").textContent = atHome ? state.desk.app.name : here?.purpose || people;
  if (atHome) drawHome();
  else {
    timeline.draw();
    composer.draw();
  }
  forms.drawModal();
  markRead();
}

let lastMarked = "";
function markRead() {
  const here = conversation();
  if (!here || here.unread === 0 || !document.hasFocus()) return;
  const mark = `${here.id} ${here.newest}`;
  if (mark === lastMarked) return;
  lastMarked = mark;
  void act("read", { channel: here.id });
}

function upsert(list, message) {
  const at = list.findIndex((one) => one.ts === message.ts);
  if (at >= 0) list[at] = message;
  else list.push(message);
  list.sort((a, b) => Number(a.ts) - Number(b.ts));
}

function listen() {
  const source = new EventSource(`/page/events?as=${encodeURIComponent(state.desk.me)}`);
  const on = (name, run) =>
    source.addEventListener(name, (event) => {
      run(JSON.parse(event.data));
      draw();
    });
  on("state", (fresh) => {
    state.desk = fresh.desk;
    state.messages = fresh.messages;
    clockShift = fresh.desk.now - Date.now();
    $("live").hidden = true;
  });
  on("desk", (desk) => {
    state.desk = desk;
    clockShift = desk.now - Date.now();
  });
  on("message", (message) => upsert((state.messages[message.channel] ??= []), message));
  on("ephemeral", (message) => upsert((state.ephemerals[message.channel] ??= []), message));
  on("removed", ({ ts }) => {
    for (const held of [state.messages, state.ephemerals]) {
      for (const [channel, list] of Object.entries(held)) {
        held[channel] = list.filter((one) => one.ts !== ts);
      }
    }
  });
  source.addEventListener("error", () => ($("live").hidden = false));
}

async function watchCode() {
  if (!state.hasCodes) return;
  const box = $("code");
  const look = async () => {
    if (document.hidden) return;
    try {
      const response = await fetch(`/page/code?as=${encodeURIComponent(state.desk.me)}`);
      const { code } = await response.json();
      box.hidden = !code;
      if (!code || box.dataset.code === code) return;
      box.dataset.code = code;
      const spaced = code.length === 6 ? `${code.slice(0, 3)} ${code.slice(3)}` : code;
      box.innerHTML = html`<span>Authenticator</span><strong>${spaced}</strong>`.markup;
    } catch {
      box.hidden = true;
    }
  };
  await look();
  setInterval(look, 2000);
}

$("nav").addEventListener("click", (event) => {
  const place = event.target.closest(".place");
  if (place) goTo(place.id === "home" ? "home" : place.dataset.channel);
});
$("me").addEventListener("change", () => {
  location.href = `/?as=${encodeURIComponent($("me").value)}`;
});
$("menu").addEventListener("click", () => document.body.classList.toggle("drawer"));
$("shade").addEventListener("click", () => document.body.classList.remove("drawer"));
$("code").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText($("code").dataset.code);
    toast("Code copied");
  } catch {
    toast("Copying is not allowed here; the code can be typed.");
  }
});
window.addEventListener("focus", draw);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.body.classList.remove("drawer");
});
$("home-view").addEventListener("click", (event) =>
  forms.onClick(event, $("home-view").dataset.view),
);
$("home-view").addEventListener("change", (event) =>
  forms.onChange(event, $("home-view").dataset.view),
);

draw();
if (state.where === "home") void act("home");
else if (conversation()?.kind === "im") void act("messages");
listen();
void watchCode();
