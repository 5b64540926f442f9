import { clockTime, dayLabel } from "./dates.ts";
import { emoji } from "./emoji.ts";
import { type Html, html } from "./html.ts";
import { mrkdwn } from "./mrkdwn.ts";
import { renderBlocks } from "./render-blocks.ts";
import { type Part, parts, type Rendering, str } from "./rendering.ts";

export type Shown = Part & { ts: string; user: string; text: string };

/** A message of the app with any of these reads as one card, so it gets a frame. */
const framed = new Set(["actions", "header", "alert", "table"]);

/** One message: who, when, and its blocks or text. */
export function renderMessage(message: Shown, rendering: Rendering, onlyYou = false): Html {
  const name = rendering.nameOf(message.user);
  const isApp = str(message["bot_id"]) !== "";
  const seconds = Number(message.ts);
  const blocks = parts(message["blocks"]);
  const body = html`<div class="${blocks.length > 0 ? "body blocks" : "body"}">${blocks.length > 0 ? renderBlocks(blocks, rendering) : mrkdwn(message.text, rendering)}</div>`;
  const edited = message["edited"] ? html`<span class="edited">edited</span>` : "";
  const reactions = parts(message["reactions"]).map(
    (one) =>
      html`<span class="reaction" title="${str(one["name"])}">${emoji(str(one["name"]))} ${str(one["count"])}</span>`,
  );
  const marks = [
    onlyYou ? "ephemeral" : "",
    isApp ? "from-app" : "",
    message["streaming"] === true ? "streaming" : "",
    isApp && blocks.some((one) => framed.has(str(one["type"]))) ? "card-like" : "",
  ].join(" ");
  return html`<article class="message ${marks}" data-ts="${message.ts}" data-user="${message.user}">${avatar(message.user, name, isApp)}<div class="column"><p class="by"><strong>${name}</strong>${isApp ? html`<span class="tag">App</span>` : ""}<time datetime="${new Date(seconds * 1000).toISOString()}">${clockTime(seconds, rendering.tz)}</time>${edited}</p>${onlyYou ? html`<p class="only-you">Only you can see this</p>` : ""}${body}${reactions.length > 0 ? html`<p class="reactions">${reactions}</p>` : ""}</div></article>`;
}

export function avatar(userId: string, name: string, isApp: boolean): Html {
  if (isApp) return html`<span class="avatar app" aria-hidden="true"></span>`;
  const words = name.split(/\s+/).filter(Boolean);
  const letters = [words[0], words.length > 1 ? words.at(-1) : ""].map(
    (word) => Array.from(word ?? "")[0] ?? "",
  );
  const tone = Array.from(userId).reduce(
    (sum, sign) => (sum * 31 + (sign.codePointAt(0) ?? 0)) % 8,
    7,
  );
  return html`<span class="avatar tone-${tone}" aria-hidden="true">${letters.join("").toUpperCase()}</span>`;
}

/** The line between two days. */
export function renderDay(ts: string, rendering: Rendering): Html {
  return html`<p class="day"><span>${dayLabel(Number(ts), rendering)}</span></p>`;
}

/** All messages of a channel in order, replies under their root. */
export function renderChannel(messages: readonly Shown[], rendering: Rendering): string {
  const isReply = (one: Shown): boolean =>
    str(one["thread_ts"]) !== "" && one["thread_ts"] !== one.ts;
  const roots = messages.filter((one) => !isReply(one));
  const thread = (root: Shown): Html => {
    const replies = messages.filter((one) => isReply(one) && one["thread_ts"] === root.ts);
    const inside = replies.map((one) => renderMessage(one, rendering));
    return html`${renderMessage(root, rendering)}${inside.length > 0 ? html`<div class="replies">${inside}</div>` : ""}`;
  };
  return html`${roots.map(thread)}`.markup;
}
