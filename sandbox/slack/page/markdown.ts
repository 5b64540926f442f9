import { withEmoji } from "./emoji.ts";
import { escapeHtml, type Html, html, link, trusted } from "./html.ts";
import { createShelf, withoutPlaceholders } from "./mrkdwn.ts";

/** Standard Markdown as far as the `markdown` block takes it; raw HTML is shown as text. */
export function markdown(source: string): Html {
  const shelf = createShelf();
  const text = withoutPlaceholders(source.replaceAll("\r\n", "\n")).replace(
    /^```[^\n]*\n([\s\S]*?)\n?```[ \t]*$/gm,
    (_whole, code: string) => shelf.keep(html`<pre>${code}</pre>`),
  );
  const out: Html[] = [];
  for (const paragraph of groups(text)) out.push(block(paragraph, (line) => inline(line, shelf)));
  return trusted(shelf.restore(out.map((one) => one.markup).join("")));
}

type Kind = "heading" | "rule" | "quote" | "bullet" | "number" | "table" | "text";

function kindOf(line: string): Kind {
  if (/^#{1,6} /.test(line)) return "heading";
  if (/^ {0,3}([-*_])( ?\1){2,}\s*$/.test(line)) return "rule";
  if (/^> ?/.test(line)) return "quote";
  if (/^\s*[-*+] /.test(line)) return "bullet";
  if (/^\s*\d+[.)] /.test(line)) return "number";
  return /^\s*\|.*\|\s*$/.test(line) ? "table" : "text";
}

function groups(text: string): { kind: Kind; lines: string[] }[] {
  const all: { kind: Kind; lines: string[] }[] = [];
  let fresh = true;
  for (const line of text.split("\n")) {
    if (line.trim() === "") {
      fresh = true;
      continue;
    }
    const kind = kindOf(line);
    const last = all.at(-1);
    const joins = last?.kind === kind && kind !== "heading" && (!fresh || kind !== "text");
    if (last && joins) last.lines.push(line);
    else all.push({ kind, lines: [line] });
    fresh = false;
  }
  return all;
}

function block(
  { kind, lines }: { kind: Kind; lines: string[] },
  read: (line: string) => Html,
): Html {
  switch (kind) {
    case "heading": {
      const [, marks = "#", text = ""] = /^(#{1,6}) (.*)$/.exec(lines[0] ?? "") ?? [];
      return marks.length < 3 ? html`<h3>${read(text)}</h3>` : html`<h4>${read(text)}</h4>`;
    }
    case "rule":
      return html`<hr />`;
    case "quote":
      return html`<blockquote>${breaks(lines.map((line) => read(line.replace(/^> ?/, ""))))}</blockquote>`;
    case "bullet":
      return html`<ul>${lines.map((line) => item(line, /^(\s*)[-*+] (.*)$/, read))}</ul>`;
    case "number":
      return html`<ol>${lines.map((line) => item(line, /^(\s*)\d+[.)] (.*)$/, read))}</ol>`;
    case "table":
      return table(lines, read);
    case "text":
    default:
      return html`<p>${breaks(lines.map(read))}</p>`;
  }
}

function breaks(lines: Html[]): Html {
  return trusted(lines.map((one) => one.markup).join("<br>"));
}

function item(line: string, pattern: RegExp, read: (line: string) => Html): Html {
  const [, indent = "", text = ""] = pattern.exec(line) ?? [];
  const level = Math.min(Math.floor(indent.length / 2), 3);
  return html`<li class="level-${level}">${read(text)}</li>`;
}

function table(lines: string[], read: (line: string) => Html): Html {
  const rows = lines.map((line) =>
    line
      .trim()
      .replace(/^\||\|$/g, "")
      .split("|"),
  );
  const isRule = (cells: string[]): boolean => cells.every((cell) => /^\s*:?-+:?\s*$/.test(cell));
  const hasHead = rows[1] !== undefined && isRule(rows[1]);
  const body = rows.filter((cells, at) => !isRule(cells) && !(hasHead && at === 0));
  const head = hasHead
    ? html`<thead><tr>${(rows[0] ?? []).map((cell) => html`<th>${read(cell.trim())}</th>`)}</tr></thead>`
    : "";
  const bodyRows = body.map(
    (cells) => html`<tr>${cells.map((cell) => html`<td>${read(cell.trim())}</td>`)}</tr>`,
  );
  return html`<div class="table-scroll"><table>${head}<tbody>${bodyRows}</tbody></table></div>`;
}

function inline(source: string, shelf: ReturnType<typeof createShelf>): Html {
  const kept = source
    .replace(/`([^`]+)`/g, (_whole, code: string) => shelf.keep(html`<code>${code}</code>`))
    .replace(/!?\[([^\]]*)\]\(([^)\s]+)\)/g, (_whole, label: string, address: string) =>
      shelf.keep(link(address, emphasis(label || address))),
    )
    .replace(/https?:\/\/[^\s<>)\]\uE000\uE001]+[^\s<>)\].,;:!?\uE000\uE001]/g, (address) =>
      shelf.keep(link(address, address)),
    );
  return emphasis(kept);
}

function emphasis(text: string): Html {
  const escaped = escapeHtml(withEmoji(text));
  return trusted(
    escaped
      .replace(/\*\*(?=\S)(.+?)\*\*/g, "<strong>$1</strong>")
      .replace(/(^|[^\w*])\*(?=\S)([^*]+?)\*(?!\w)/g, "$1<em>$2</em>")
      .replace(/(^|[^\w_])_(?=\S)([^_]+?)_(?!\w)/g, "$1<em>$2</em>")
      .replace(/~~(?=\S)(.+?)~~/g, "<s>$1</s>"),
  );
}
