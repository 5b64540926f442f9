import { formatDate } from "./dates.ts";
import { withEmoji } from "./emoji.ts";
import { escapeHtml, type Html, html, link, trusted } from "./html.ts";
import type { Rendering } from "./rendering.ts";

/** Wire text back to what was meant: only these three are ever escaped there. */
export function unescapeWire(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

// Private-use signs stand for parts that are already markup while the rest is still being read.
const open = "\uE000";
const close = "\uE001";
const placeholder = /\uE000(\d+)\uE001/g;

/** Keeps finished pieces aside so that later patterns cannot reach into them. */
export function createShelf() {
  const pieces: string[] = [];
  return {
    keep(piece: Html): string {
      pieces.push(piece.markup);
      return `${open}${pieces.length - 1}${close}`;
    },
    restore(markup: string): string {
      let text = markup;
      // A kept piece may itself hold kept pieces, never deeper than it is nested.
      for (let depth = 0; depth < 8 && text.includes(open); depth += 1) {
        text = text.replace(placeholder, (_whole, at: string) => pieces[Number(at)] ?? "");
      }
      return text;
    },
  };
}

export function withoutPlaceholders(text: string): string {
  return text.replace(/[\uE000\uE001]/g, "");
}

/** `mrkdwn` as markup. */
export function mrkdwn(source: string, rendering: Rendering): Html {
  const shelf = createShelf();
  let text = withoutPlaceholders(source);
  text = text.replace(/```\n?([\s\S]+?)```/g, (_whole, code: string) =>
    shelf.keep(html`<pre>${unescapeWire(code)}</pre>`),
  );
  text = text.replace(/`([^`\n]+)`/g, (_whole, code: string) =>
    shelf.keep(html`<code>${unescapeWire(code)}</code>`),
  );
  text = text.replace(/<([^<>]+)>/g, (_whole, inside: string) =>
    shelf.keep(special(inside, rendering)),
  );
  const escaped = escapeHtml(withEmoji(unescapeWire(text)));
  return trusted(shelf.restore(lines(styled(escaped))));
}

function special(inside: string, rendering: Rendering): Html {
  const bar = inside.indexOf("|");
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? undefined : unescapeWire(inside.slice(bar + 1));
  if (target.startsWith("@")) {
    const id = target.slice(1);
    const mine = id === rendering.me ? " mention-me" : "";
    return html`<span class="mention${mine}">@${rendering.nameOf(id)}</span>`;
  }
  if (target.startsWith("#")) {
    return html`<span class="mention">#${label ?? rendering.channelName(target.slice(1))}</span>`;
  }
  if (target.startsWith("!date^")) return date(target, label, rendering);
  if (target.startsWith("!")) {
    const range = target.slice(1).split("^")[0] ?? "";
    return html`<span class="mention mention-all">${label ?? `@${range}`}</span>`;
  }
  return link(unescapeWire(target), label ?? unescapeWire(target).replace(/^mailto:/, ""));
}

function date(target: string, fallback: string | undefined, rendering: Rendering): Html {
  const [, seconds = "", format = "", address] = target.split("^");
  const at = Number(seconds);
  if (!Number.isFinite(at) || seconds === "" || Math.abs(at) > 8.64e12) {
    return html`${fallback ?? ""}`;
  }
  const title = withoutPlaceholders(fallback ?? "");
  const iso = new Date(at * 1000).toISOString();
  const words = formatDate(at, unescapeWire(format), rendering);
  const label = html`<time datetime="${iso}" title="${title}">${words}</time>`;
  return address ? link(unescapeWire(address), label) : label;
}

/** Bold, italic and struck text in text that is escaped already. */
function styled(text: string): string {
  return text
    .replace(/(^|[\s(>"'—–-])\*(?=\S)([^*\n]*[^*\s])\*(?![\w*])/g, "$1<strong>$2</strong>")
    .replace(/(^|[\s(>"'—–-])_(?=\S)([^_\n]*[^_\s])_(?![\w_])/g, "$1<em>$2</em>")
    .replace(/(^|[\s(>"'—–-])~(?=\S)([^~\n]*[^~\s])~(?![\w~])/g, "$1<s>$2</s>");
}

/** Quotes, bullets and line breaks. */
function lines(text: string): string {
  let markup = "";
  let group: { tag: "blockquote" | "ul"; rows: string[] } | undefined;
  let first = true;
  const flush = (): void => {
    if (!group) return;
    const { tag, rows } = group;
    const inside = tag === "ul" ? rows.map((row) => `<li>${row}</li>`).join("") : rows.join("<br>");
    markup += `<${tag}>${inside}</${tag}>`;
    group = undefined;
    first = true;
  };
  for (const line of text.split("\n")) {
    const quote = /^&gt; ?(.*)$/.exec(line);
    const bullet = /^\s*[•◦] ?(.*)$/.exec(line);
    const tag = quote ? "blockquote" : bullet ? "ul" : undefined;
    if (group && group.tag !== tag) flush();
    if (tag) {
      group ??= { tag, rows: [] };
      group.rows.push((quote ?? bullet)?.[1] ?? "");
      continue;
    }
    markup += first ? line : `<br>${line}`;
    first = false;
  }
  flush();
  return markup;
}
