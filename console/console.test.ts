import type { IncomingMessage } from "node:http";
import * as fc from "fast-check";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { CountersignError } from "#/domain/errors.ts";
import { type ConsoleNeeds, createConsole } from "./console.ts";
import { escapeHtml, html } from "./html.ts";
import { outward } from "./parts.ts";
import { sampleAudit, sampleDelay, samplePages } from "./testing/sample-pages.ts";
import { serveConsole } from "./testing/serve-console.ts";

let needs: ConsoleNeeds = samplePages();
const lines: string[] = [];
const { get, close } = await serveConsole(() => needs);
afterAll(close);
beforeEach(() => {
  lines.length = 0;
  needs = {
    ...samplePages(),
    log: { error: (fields) => void lines.push(JSON.stringify(fields)) },
  };
});

const invoice = `/invoices/${encodeURIComponent("erp:invoice:INV-1042")}`;
const pages = ["/", invoice, "/proposals/P-7K3M2Q", "/proposals/P-8M4N3R", "/audit"];

describe("every page", () => {
  test.each(pages)("%s is complete, in order and says when it was made", async (path) => {
    const { status, text } = await get(path);
    expect(status).toBe(200);
    expect(text.match(/<h1[ >]/g)).toHaveLength(1);
    expect(text).toMatch(/^<!doctype html>\s*<html lang="en">/);
    expect(text).toContain(
      '<time datetime="2026-11-23T10:00:00.000Z">23 Nov 2026, 10:00 UTC</time>',
    );
    expect(text).not.toMatch(/undefined|\[object|NaN/);
    const headings = [...text.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
    headings.reduce((before, level) => {
      expect(level - before).toBeLessThanOrEqual(1);
      return level;
    }, 0);
    for (const [table] of text.matchAll(/<table[^]*?<\/table>/g))
      expect(table).toMatch(/<th scope="col"/);
  });

  test.each(pages)("%s runs no script, has no form and sends a strict policy", async (path) => {
    const { text, headers } = await get(path);
    expect(text).not.toMatch(/<script|<form|<button|<iframe|\sstyle=|\son[a-z]+=|javascript:/i);
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
    expect(headers["content-security-policy"]).not.toContain("unsafe");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["cache-control"]).toBe("no-store");
  });

  test.each(pages)("%s shows a hostile name as text and nothing else", async (path) => {
    const hostile = `<img src=x onerror=alert(1)>"' onmouseover="x\u202E\u200B</title></svg>`;
    needs = samplePages(hostile);
    const { status, text } = await get(path);
    expect(status).toBe(200);
    expect(text).not.toMatch(/<img|"' onmouseover|[\u202e\u200b]/);
    expect(text.includes("&lt;img src=x onerror=alert(1)&gt;")).toBe(path !== "/audit");
  });

  test("P2: what will be written is shown whole, with hidden characters spelled out", async () => {
    const long = "A long name ".repeat(60);
    needs = samplePages(`${long}\u202Eend`);
    const { text } = await get("/proposals/P-7K3M2Q");
    expect(text).toContain(`${long}⟦U+202E⟧end`);
  });

  test("nothing on them arms a vote", async () => {
    const texts = await Promise.all(pages.map(async (path) => (await get(path)).text));
    expect(texts.join()).toContain("P-7K3M2Q");
    expect(texts.join()).not.toContain("nonce-of-the-buttons");
  });
});

describe("an invoice", () => {
  test("P5: shows days per cause that add up to the whole, and each fact with its link", async () => {
    const { text } = await get(invoice);
    expect(text).toContain("9 days to account for");
    const shown = ["4.5 days", "2 days", "1.5 days", "1 day", "9 days"];
    const cells = [...text.matchAll(/data-label="Days">([^<]+)</g)].map(([, cell]) => cell);
    expect(cells).toEqual(shown);
    const widths = [
      ...text.matchAll(/<rect class="(?:c\d|rest)" x="([\d.]+)"[^>]*width="([\d.]+)"/g),
    ];
    const last = widths.at(-1);
    expect(Number(last?.[1]) + Number(last?.[2])).toBeCloseTo(1_000, 0);
    for (const fact of sampleDelay("INV-1042", { client: "Aurora Health", pieces: [] }).evidence) {
      expect(text).toContain(`id="${fact.id}"`);
      expect(text).toContain(`href="${fact.url}"`);
    }
    for (const [, id] of text.matchAll(/href="#(ev_[0-9a-f]+)"/g))
      expect(text).toContain(`id="${id}"`);
    expect(text).not.toContain("do not add up");
  });

  test("P5: says so when its days do not add up", async () => {
    const explain = needs.services.explainInvoice;
    const services = {
      ...needs.services,
      explainInvoice: async (...asked: Parameters<typeof explain>) => {
        const delay = await explain(...asked);
        return { ...delay, unexplainedMinutes: delay.unexplainedMinutes - 60 };
      },
    };
    needs = { ...needs, services };
    expect((await get(invoice)).text).toContain("These days do not add up");
  });

  test("P6: one whose status is not known is shown as not known", async () => {
    const { text } = await get("/");
    expect(text).toMatch(/INV-1060<\/a>\s*<span class="badge wait">not known/);
    expect(text).toContain("That is not the same as fine.");
  });
});

describe("the audit", () => {
  test("P7: says that the chain holds, is broken and where, or was not checked", async () => {
    expect((await get("/audit")).text).toContain("The chain holds.");
    const fault = { seq: 4, problem: "the hash does not match" };
    const broken = { ...sampleAudit, chain: { lines: 6, fault, checkedAt: needs.now() } };
    needs = { ...needs, auditTail: async () => broken };
    expect((await get("/audit")).text).toContain("The chain is broken at line 4");
    needs = { ...needs, auditTail: async () => ({ ...sampleAudit, chain: null }) };
    const { text } = await get("/audit");
    expect(text).toContain("Not checked.");
    expect(text).not.toContain("The chain holds");
  });

  test("a line that cannot be read is shown as that", async () => {
    const events = sampleAudit.events.map((event) => ({ ...event, body: "{" }));
    needs = { ...needs, auditTail: async () => ({ ...sampleAudit, events }) };
    expect((await get("/audit")).text).toContain("unreadable line");
  });
});

describe("what is not a page", () => {
  test("other paths are left to other doors", async () => {
    for (const path of ["/mcp", "/invoices/", "/invoices/a/b", "/proposals/%zz", "/audit/x", "//"])
      expect((await get(path)).status).toBe(418);
  });

  test("an unknown invoice or proposal is a page that says what to do", async () => {
    const missing = await get("/invoices/INV-9");
    expect(missing.status).toBe(404);
    expect(missing.text).toContain("No invoice matches “INV-9”.");
    expect((await get("/proposals/P-UNKNOWN")).status).toBe(404);
    expect((await get("/invoices/%3Cimg%20src=x%3E")).text).toContain("&lt;img src=x&gt;");
  });

  test("a failure shows a reference and keeps the cause in the log", async () => {
    const failing = () => Promise.reject(new Error("password=hunter2"));
    needs = { ...needs, services: { ...needs.services, listExceptions: failing } };
    const { status, text } = await get("/");
    expect(status).toBe(500);
    expect(text).not.toContain("hunter2");
    expect(lines.join()).toContain(/R-[0-9a-f]{8}/.exec(text)?.[0]);
    const down = () =>
      Promise.reject(new CountersignError("CONNECTOR_UNAVAILABLE", { system: "ERP" }));
    needs = { ...needs, services: { ...needs.services, listExceptions: down } };
    expect(await get("/")).toMatchObject({ status: 503 });
  });

  test("writing, another host name and another machine are refused", async () => {
    expect(await get("/", { method: "POST" })).toMatchObject({ status: 405 });
    expect(await get("/", { method: "HEAD" })).toMatchObject({ status: 200, text: "" });
    for (const host of ["evil.example", "127.0.0.1.evil.example", "evil.example:80"])
      expect(await get("/", { host })).toMatchObject({ status: 403 });
    expect(await get("/", { host: "localhost:99" })).toMatchObject({ status: 200 });
    let status = 0;
    const res = { writeHead: (code: number) => void (status = code), end: () => undefined };
    const req = {
      url: "/",
      method: "GET",
      headers: { host: "127.0.0.1" },
      socket: { remoteAddress: "10.0.0.7" },
    };
    await createConsole(needs)(req as IncomingMessage, res as never);
    expect(status).toBe(403);
  });

  test("the style sheet is served and contains nothing from outside", async () => {
    const { text } = await get("/");
    const path = /href="(\/console\.css\?v=[0-9a-f]{12})"/.exec(text)?.[1] ?? "";
    const css = await get(path);
    expect(css.headers["content-type"]).toContain("text/css");
    expect(css.text).not.toMatch(/@import|url\(/);
  });
});

describe("markup", () => {
  test("any text comes out as itself, whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const out = html`<p title="${text}">${[text, null, false]}</p>`.text;
        expect(out).toBe(`<p title="${escapeHtml(text)}">${escapeHtml(text)}</p>`);
        expect(escapeHtml(text)).not.toMatch(/[<>"']/);
      }),
    );
  });

  test("a link leads to the web or is no link", () => {
    for (const url of [
      "javascript:alert(1)",
      "data:text/html,x",
      "//evil.example",
      " https://x",
      "",
    ])
      expect(outward(url, "x")).toBe("x");
    expect(outward(null, "x")).toBe("x");
    expect(outward("https://erp.example/1", "x")).not.toBe("x");
  });
});
