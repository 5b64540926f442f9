import { clockTime, dayLabel } from "./dates.ts";
import { html } from "./html.ts";
import { renderDay, renderMessage } from "./render-message.ts";

/** Older replies of a long thread stay folded until asked for. */
const repliesShown = 6;

const newLine = html`<p class="day new"><span>New</span></p>`.markup;

/** The messages of the conversation on screen, patched one by one so open menus survive. */
export function startTimeline({ $, state, rendering, act, draw, forms }) {
  const list = $("messages");
  const scroll = $("scroll");
  const unfolded = new Set();
  let following = true;
  let touched = false;
  let newFrom = "";
  let drawnFor = "";
  let loadingTurn = 0;

  const isReply = (one) => Boolean(one.thread_ts) && one.thread_ts !== one.ts;

  function items() {
    const view = rendering();
    const stored = state.messages[state.where] ?? [];
    const own = state.ephemerals[state.where] ?? [];
    const onlyYou = new Set(own);
    const all = [...stored, ...own].sort((a, b) => Number(a.ts) - Number(b.ts));
    const known = new Set(all.map((one) => one.ts));
    const replies = Map.groupBy(
      all.filter((one) => isReply(one) && known.has(one.thread_ts)),
      (one) => one.thread_ts,
    );
    const out = [];
    let day = "";
    for (const root of all) {
      if (isReply(root) && known.has(root.thread_ts)) continue;
      const label = dayLabel(Number(root.ts), view);
      if (label !== day) out.push({ key: `day ${label}`, markup: renderDay(root.ts, view).markup });
      day = label;
      if (root.ts === newFrom) out.push({ key: `new ${root.ts}`, markup: newLine });
      const under = replies.get(root.ts) ?? [];
      out.push(message(root, view, onlyYou.has(root), under.length === 0 ? root.ts : ""));
      out.push(...thread(root, under, view, onlyYou));
    }
    return out;
  }

  function message(one, view, only, replyTo, reply = false) {
    const classes = `${reply ? " reply" : ""}${one.ts === state.replyTo ? " replying" : ""}`;
    const button =
      replyTo && !only
        ? html`<button type="button" class="reply-to" data-reply="${replyTo}">Reply</button>`
        : "";
    const inner = renderMessage(one, view, only);
    return { key: one.ts, markup: html`<div class="row${classes}">${inner}${button}</div>`.markup };
  }

  function thread(root, under, view, onlyYou) {
    const out = [];
    const title = state.desk.titles.find(
      (one) => one.channel === state.where && one.thread === root.ts,
    );
    if (title && under.length > 0) {
      out.push({
        key: `title ${root.ts}`,
        markup: html`<p class="thread-title reply">${title.title}</p>`.markup,
      });
    }
    const folded = unfolded.has(root.ts) ? 0 : Math.max(under.length - repliesShown, 0);
    if (folded > 0) {
      const words = folded === 1 ? "Show 1 earlier reply" : `Show ${folded} earlier replies`;
      out.push({
        key: `fold ${root.ts}`,
        markup:
          html`<p class="reply fold"><button type="button" data-unfold="${root.ts}">${words}</button></p>`
            .markup,
      });
    }
    for (const one of under.slice(folded)) out.push(message(one, view, onlyYou.has(one), "", true));
    const status = state.desk.statuses.find(
      (one) => one.channel === state.where && one.thread === root.ts,
    );
    if (status) out.push({ key: `status ${root.ts}`, markup: statusLine(status).markup });
    if (under.length > 0) out.push(foot(root, under));
    return out;
  }

  function foot(root, under) {
    const running = under.some((one) => one.streaming);
    const stop = running
      ? html`<button type="button" class="stop" data-stop="${root.ts}">Stop</button>`
      : "";
    const last = under.at(-1);
    const when = `last at ${clockTime(Number(last.ts), state.desk.tz)}`;
    const count = under.length === 1 ? "1 reply" : `${under.length} replies`;
    return {
      key: `foot ${root.ts}`,
      markup:
        html`<p class="reply thread-foot"><button type="button" data-reply="${root.ts}">Reply in thread</button><span>${count}, ${when}</span>${stop}</p>`
          .markup,
    };
  }

  function statusLine(status) {
    const words =
      status.loading.length > 0 ? status.loading[loadingTurn % status.loading.length] : status.text;
    return html`<p class="reply thinking"><span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>${state.desk.app.name} ${words}</p>`;
  }

  function patch(wanted) {
    const before = new Map([...list.children].map((node) => [node.key, node]));
    const added = [];
    let place = list.firstChild;
    for (const { key, markup } of wanted) {
      let node = before.get(key);
      before.delete(key);
      if (!node || node.markup !== markup) {
        const box = document.createElement("template");
        box.innerHTML = markup;
        const fresh = box.content.firstElementChild;
        fresh.key = key;
        fresh.markup = markup;
        if (node) {
          if (place === node) place = node.nextSibling;
          forms.restore(fresh, forms.valuesIn(node));
          node.remove();
        } else added.push(fresh);
        node = fresh;
      }
      if (node === place) place = place.nextSibling;
      else list.insertBefore(node, place);
    }
    for (const node of before.values()) node.remove();
    return added;
  }

  function newestRow() {
    const rows = [...list.children].filter((node) => /^\d+\.\d+$/.test(node.key ?? ""));
    return rows.reduce(
      (best, node) => (!best || Number(node.key) > Number(best.key) ? node : best),
      null,
    );
  }

  function reveal(node) {
    if (!node) return;
    if (!node.nextElementSibling || node.nextElementSibling.nextElementSibling === null) {
      scroll.scrollTop = scroll.scrollHeight;
      return;
    }
    const inside = node.offsetTop - scroll.scrollTop;
    if (inside < 0 || inside + node.offsetHeight > scroll.clientHeight) {
      scroll.scrollTop =
        node.offsetTop - Math.max(scroll.clientHeight - node.offsetHeight, 24) + 12;
    }
  }

  // Only a person's own scrolling starts to follow: whoever came to read the first unread message stays.
  for (const kind of ["wheel", "touchmove", "pointerdown", "keydown"]) {
    document.addEventListener(kind, () => (touched = true), { passive: true });
  }
  scroll.addEventListener("scroll", () => {
    if (!touched) return;
    following = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 90;
    if (following) $("newer").hidden = true;
  });
  new ResizeObserver(() => {
    if (following) scroll.scrollTop = scroll.scrollHeight;
  }).observe(list);
  $("newer").addEventListener("click", () => toNewest());
  list.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.reply) {
      state.replyTo = button.dataset.reply;
      draw();
      $("composer").focus();
      return;
    }
    if (button?.dataset.unfold) {
      unfolded.add(button.dataset.unfold);
      draw();
      return;
    }
    if (button?.dataset.stop) {
      void act("stop", { channel: state.where, thread: button.dataset.stop });
      return;
    }
    forms.onClick(event, event.target.closest("[data-ts]")?.dataset.ts);
  });
  list.addEventListener("change", (event) =>
    forms.onChange(event, event.target.closest("[data-ts]")?.dataset.ts),
  );
  setInterval(() => {
    if (!state.desk.statuses.some((one) => one.loading.length > 1)) return;
    loadingTurn += 1;
    draw();
  }, 2500);

  function toNewest() {
    following = true;
    $("newer").hidden = true;
    reveal(newestRow());
  }

  function toFirstUnread() {
    const row = [...list.children].find((node) => node.key === `new ${newFrom}`);
    // Nothing yet: what comes is read from its beginning.
    following = Boolean(!row && list.querySelector(".row"));
    touched = following;
    if (following) return toNewest();
    if (!row) return;
    scroll.scrollTop = row.offsetTop - 8;
    $("newer").hidden = row.offsetTop + scroll.clientHeight > scroll.scrollHeight;
  }

  return {
    toNewest,
    /** The next drawing shows the conversation as somebody who just came to it. */
    arrive() {
      drawnFor = "";
    },
    draw() {
      const moved = drawnFor !== state.where;
      const wasFollowing = following || moved;
      if (moved) {
        const here = state.desk.conversations.find((one) => one.id === state.where);
        newFrom = here?.firstUnread ?? "";
      }
      drawnFor = state.where;
      if (moved) list.replaceChildren();
      const wanted = items();
      list.classList.toggle("bare", wanted.length === 0);
      const added = patch(wanted).filter((node) => /^\d+\.\d+$/.test(node.key));
      if (wanted.length === 0 && list.children.length === 0) {
        const hello = document.createElement("div");
        hello.className = "empty";
        hello.innerHTML =
          html`<h2>No messages yet</h2><p>Say something, or ask ${state.desk.app.name} a question.</p>`.markup;
        list.append(hello);
      }
      const newest = added.at(-1);
      if (moved) toFirstUnread();
      else if (newest && (wasFollowing || newest.querySelector(`[data-user="${state.desk.me}"]`)))
        reveal(newest);
      else if (newest) $("newer").hidden = false;
    },
  };
}
