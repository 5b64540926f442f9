import { html } from "./html.ts";

/** The box at the bottom: text, replies, suggested prompts, commands and mentions. */
export function startComposer({ $, state, act, toast, draw, timeline }) {
  const box = $("composer");
  const list = $("suggestions");
  let matches = [];
  let chosen = 0;

  const here = () => state.desk.conversations.find((one) => one.id === state.where);

  function grow() {
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight, 180)}px`;
    $("send").disabled = box.value.trim() === "";
  }

  function drawStatus() {
    const shown = new Set((state.messages[state.where] ?? []).map((one) => one.ts));
    const status = state.desk.statuses.find(
      (one) => one.channel === state.where && !shown.has(one.thread),
    );
    $("status").textContent = status ? `${state.desk.app.name} ${status.text}` : "";
  }

  function drawPrompts() {
    const thread = state.replyTo ?? "";
    const held = state.desk.prompts.find(
      (one) => one.channel === state.where && one.thread === thread,
    );
    const show = held && held.prompts.length > 0 && box.value === "";
    const chips = (held?.prompts ?? []).map(
      (one, at) =>
        html`<button type="button" class="chip" data-prompt="${at}" title="${one.message}">${one.title}</button>`,
    );
    const markup = show
      ? html`${held.title ? html`<span>${held.title}</span>` : ""}${chips}`.markup
      : "";
    if ($("prompts").markup !== markup) $("prompts").innerHTML = markup;
    $("prompts").markup = markup;
  }

  function drawReply() {
    const root = (state.messages[state.where] ?? []).find((one) => one.ts === state.replyTo);
    const bar = $("replying");
    bar.hidden = !root;
    if (!root) return;
    const text = root.text || "a message";
    const start = text.length > 70 ? `${text.slice(0, 70)}…` : text;
    bar.innerHTML =
      html`<span>Replying to <em>${start}</em></span><button type="button" aria-label="Stop replying">×</button>`.markup;
  }

  function lookUp() {
    const text = box.value;
    const before = text.slice(0, box.selectionStart);
    const mention = /(^|\s)@([\p{L}\d .'-]{0,30})$/u.exec(before);
    if (/^\/\S*$/.test(text)) {
      matches = state.commands
        .filter((one) => one.command.startsWith(text))
        .map((one) => ({
          insert: `${one.command} `,
          replace: text.length,
          label: one.command,
          note: `${one.usage ?? ""} ${one.description}`.trim(),
        }));
    } else if (mention) {
      const typed = mention[2].toLowerCase();
      const people = [
        { ...state.desk.app, title: "App" },
        ...state.desk.people.filter((one) => !one.deactivated),
      ];
      matches = people
        .filter((one) => one.name.toLowerCase().startsWith(typed))
        .slice(0, 6)
        .map((one) => ({
          insert: `@${one.name} `,
          replace: typed.length + 1,
          label: one.name,
          note: one.title ?? "",
        }));
    } else matches = [];
    chosen = Math.min(chosen, Math.max(matches.length - 1, 0));
    list.hidden = matches.length === 0;
    list.innerHTML =
      html`${matches.map((one, at) => html`<button type="button" role="option" aria-selected="${String(at === chosen)}" data-at="${at}"><b>${one.label}</b><span>${one.note}</span></button>`)}`.markup;
  }

  function take(at) {
    const match = matches[at];
    if (!match) return;
    const end = box.selectionStart;
    box.setRangeText(match.insert, end - match.replace, end, "end");
    chosen = 0;
    lookUp();
    grow();
    box.focus();
  }

  async function send(text) {
    if (text.trim() === "" || !here()) return;
    const first = text.trim().split(/\s+/)[0];
    if (first.startsWith("/") && first.length > 1) {
      const known = state.commands.some((one) => one.command === first);
      if (!known && state.commands.length > 0) return toast(`There is no command ${first}`);
      box.value = "";
      after();
      await act("command", { channel: state.where, text });
      return;
    }
    const thread = state.replyTo ?? "";
    box.value = "";
    after();
    const answer = await act("post", { channel: state.where, text, thread });
    if (!answer.ok && box.value === "") box.value = text;
    grow();
  }

  function after() {
    matches = [];
    list.hidden = true;
    grow();
    draw();
  }

  $("form").addEventListener("submit", (event) => {
    event.preventDefault();
    void send(box.value);
  });
  box.addEventListener("input", () => {
    lookUp();
    grow();
    drawPrompts();
  });
  box.addEventListener("keydown", (event) => {
    if (!list.hidden && ["ArrowDown", "ArrowUp", "Tab", "Enter", "Escape"].includes(event.key)) {
      const typedAll = event.key === "Enter" && matches[chosen]?.label === box.value.trim();
      if (!typedAll) {
        event.preventDefault();
        if (event.key === "Escape") matches = [];
        else if (event.key.startsWith("Arrow")) {
          chosen = (chosen + (event.key === "ArrowDown" ? 1 : matches.length - 1)) % matches.length;
        } else return take(chosen);
        if (event.key === "Escape") list.hidden = true;
        else lookUp();
        return;
      }
    }
    if (event.key === "Escape" && state.replyTo) {
      state.replyTo = null;
      return draw();
    }
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void send(box.value);
  });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    take(Number(event.target.closest("[data-at]")?.dataset.at ?? -1));
  });
  $("prompts").addEventListener("click", (event) => {
    const at = event.target.closest("[data-prompt]")?.dataset.prompt;
    const held = state.desk.prompts.find(
      (one) => one.channel === state.where && one.thread === (state.replyTo ?? ""),
    );
    if (at !== undefined && held) void send(held.prompts[Number(at)].message);
  });
  $("replying").addEventListener("click", (event) => {
    if (!event.target.closest("button")) return;
    state.replyTo = null;
    draw();
  });

  return {
    focus() {
      if (matchMedia("(hover: hover)").matches) box.focus();
    },
    draw() {
      const place = here();
      const name = place?.kind === "im" ? place.name : `#${place?.name}`;
      box.placeholder = state.replyTo ? "Reply…" : `Message ${name}`;
      drawStatus();
      drawPrompts();
      drawReply();
      grow();
    },
  };
}
