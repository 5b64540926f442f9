import type { Principal } from "#/domain/member.ts";
import { type Content, type Html, html } from "./html.ts";
import { time, words } from "./parts.ts";

export type Tab = "overview" | "portfolio" | "cases" | "kpis" | "renewals" | "audit";

/** What every page is framed with. */
export type Frame = {
  readonly principal: Principal;
  /** The firm's own name; its identifier where it has none here. */
  readonly firm: string;
  /** Without a picture of the whole firm there are no pages for it. */
  readonly wholeFirm: boolean;
  /** The versioned path of the style sheet. */
  readonly styles: string;
};

export type Page = {
  readonly title: string;
  readonly here: Tab | "other";
  readonly body: Content;
  /** When the page was put together, an instant in UTC. */
  readonly asOf: string;
};

const mark = html`<svg class="mark" viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="8"/><path d="M8 17.5l5 5L24.500 9.500M8 26h16"/></svg>`;

const tabs: readonly (readonly [Tab, string, string])[] = [
  ["overview", "/", "Overview"],
  ["portfolio", "/portfolio", "Portfolio"],
  ["cases", "/cases", "Cases"],
  ["kpis", "/kpis", "KPIs"],
  ["renewals", "/accounts", "Renewals"],
  ["audit", "/audit", "Audit"],
];

/** The frame of every page. */
export function layout(page: Page, { principal, firm, wholeFirm, styles }: Frame): Html {
  const shown = tabs.filter(([id]) => wholeFirm || id === "overview" || id === "audit");
  const links = shown.map(
    ([id, path, label]) =>
      html`<a href="${path}"${page.here === id ? html` aria-current="page"` : ""}>${label}</a>`,
  );
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${page.title} · Countersign</title>
<link rel="stylesheet" href="${styles}">
<link rel="icon" href="/console.svg" type="image/svg+xml">
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="top"><div>
  <a class="brand" href="/">${mark}<span>Countersign</span></a>
  <nav aria-label="Pages">${links}</nav>
  <p class="who"><b>${words(firm)}</b><span>${words(principal.name)}</span></p>
</div></header>
<main id="main">${page.body}</main>
<footer><p>As of ${time(page.asOf)}. This console only shows; people decide in Slack, and every step is in the <a href="/audit">audit</a>.</p></footer>
</body>
</html>`;
}

export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#1d4d4f"/><path d="M8 17.500l5 5L24.500 9.500M8 26h16" fill="none" stroke="#fff" stroke-width="2.600" stroke-linecap="round" stroke-linejoin="round"/></svg>`;
