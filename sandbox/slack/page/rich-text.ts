import { formatDate } from "./dates.ts";
import { emoji } from "./emoji.ts";
import { type Html, html, link, trusted } from "./html.ts";
import { type Part, part, parts, type Rendering, str } from "./rendering.ts";

/** A `rich_text` block. */
export function richText(block: Part, rendering: Rendering): Html {
  return html`${parts(block["elements"]).map((element) => piece(element, rendering))}`;
}

function piece(element: Part, rendering: Rendering): Html {
  const inside = (): Html[] => parts(element["elements"]).map((one) => leaf(one, rendering));
  switch (element["type"]) {
    case "rich_text_section":
      return html`<p>${inside()}</p>`;
    case "rich_text_quote":
      return html`<blockquote>${inside()}</blockquote>`;
    case "rich_text_preformatted":
      return html`<pre>${inside()}</pre>`;
    case "rich_text_list": {
      const level = Math.min(Math.max(Number(element["indent"] ?? 0) || 0, 0), 3);
      const rows = parts(element["elements"]).map(
        (row) =>
          html`<li class="level-${level}">${parts(row["elements"]).map((one) => leaf(one, rendering))}</li>`,
      );
      return element["style"] === "ordered" ? html`<ol>${rows}</ol>` : html`<ul>${rows}</ul>`;
    }
    default:
      return html``;
  }
}

function leaf(element: Part, rendering: Rendering): Html {
  switch (element["type"]) {
    case "text":
      return styled(withBreaks(str(element["text"])), part(element["style"]));
    case "link": {
      const address = str(element["url"]);
      return styled(link(address, str(element["text"]) || address), part(element["style"]));
    }
    case "user":
      return html`<span class="mention">@${rendering.nameOf(str(element["user_id"]))}</span>`;
    case "channel":
      return html`<span class="mention">#${rendering.channelName(str(element["channel_id"]))}</span>`;
    case "broadcast":
      return html`<span class="mention mention-all">@${str(element["range"])}</span>`;
    case "emoji":
      return html`${emoji(str(element["name"]))}`;
    case "date": {
      const at = Number(element["timestamp"]);
      if (!Number.isFinite(at)) return html`${str(element["fallback"])}`;
      return html`<time>${formatDate(at, str(element["format"]), rendering)}</time>`;
    }
    default:
      return html`${str(element["text"]) || str(element["value"])}`;
  }
}

function withBreaks(text: string): Html {
  const rows = text.split("\n").map((row) => html`${row}`.markup);
  return trusted(rows.join("<br>"));
}

function styled(inner: Html, style: Part): Html {
  let out = inner;
  if (style["code"] === true) out = html`<code>${out}</code>`;
  if (style["bold"] === true) out = html`<strong>${out}</strong>`;
  if (style["italic"] === true) out = html`<em>${out}</em>`;
  if (style["strike"] === true) out = html`<s>${out}</s>`;
  return out;
}
