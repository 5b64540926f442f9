/** Markup that is safe to insert; only this file makes it. */
export type Html = { readonly markup: string };

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => entities[sign] ?? "");
}

type Part = Html | string | number | false | null | undefined | readonly Part[];

function markupOf(part: Part): string {
  if (part === false || part === null || part === undefined) return "";
  if (typeof part === "string") return escapeHtml(part);
  if (typeof part === "number") return String(part);
  return isList(part) ? part.map(markupOf).join("") : part.markup;
}

function isList(part: Html | readonly Part[]): part is readonly Part[] {
  return Array.isArray(part);
}

/** Builds markup from a template; everything put in is escaped unless it is `Html` already. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  const markup = strings.map((text, at) => text + markupOf(parts[at])).join("");
  return { markup };
}

/** For text that has been through `escapeHtml` and had only known tags added. */
export function trusted(markup: string): Html {
  return { markup };
}

/**
 * The address when it is one a link may have; scripts and the like give nothing. Private-use signs
 * stand for markup elsewhere and must never end up inside an attribute.
 */
export function safeLink(address: string): string | undefined {
  if (/[\uE000\uE001]/.test(address)) return undefined;
  return /^(https?:\/\/|mailto:)/i.test(address.trim()) ? address.trim() : undefined;
}

export function link(address: string, label: Html | string): Html {
  const safe = safeLink(address);
  if (safe === undefined) return html`${label}`;
  return html`<a href="${safe}" target="_blank" rel="noopener noreferrer">${label}</a>`;
}
