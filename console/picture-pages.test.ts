import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { sampleOperations } from "#/mcp-server/testing/sample-operations.ts";
import type { ConsoleNeeds } from "./console.ts";
import { samplePages } from "./testing/sample-pages.ts";
import { serveConsole } from "./testing/serve-console.ts";

const withFirm = (order: Parameters<typeof sampleOperations>[0] = {}): ConsoleNeeds => ({
  ...samplePages(),
  operations: sampleOperations(order),
  firm: { name: "Meridian Consulting", zone: "Europe/Berlin" },
});
let needs = withFirm();
const { get, close } = await serveConsole(() => needs);
afterAll(close);
beforeEach(() => {
  needs = withFirm();
});

const project = `/projects/${encodeURIComponent("psa:project:PRJ-3")}`;
const pages = [
  "/portfolio",
  "/portfolio?rag=red",
  project,
  "/kpis",
  "/kpis/utilisation",
  "/kpis/dso",
  "/cases",
  "/accounts",
  "/timeline?of=INV-1042",
];
const pictures = pages.filter((path) => path !== "/kpis");

describe("every page about the whole firm", () => {
  test.each(pages)("%s is complete, in order and runs nothing", async (path) => {
    const { status, text, headers } = await get(path);
    expect(status).toBe(200);
    expect(text.match(/<h1[ >]/g)).toHaveLength(1);
    expect(text).not.toMatch(/undefined|\[object|NaN/);
    const headings = [...text.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
    headings.reduce((before, level) => {
      expect(level - before).toBeLessThanOrEqual(1);
      return level;
    }, 0);
    for (const [table] of text.matchAll(/<table[^]*?<\/table>/g))
      expect(table).toMatch(/<th scope="col"/);
    expect(text).not.toMatch(/<script|<form|<button|<iframe|\sstyle=|\son[a-z]+=|javascript:/i);
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
  });

  test.each(pictures)("P5: every citation of %s leads to a fact on the page", async (path) => {
    const { text } = await get(path);
    const links = [...text.matchAll(/href="#(ev_[0-9a-f]+)"/g)].map(([, id]) => id);
    expect(links.length).toBeGreaterThan(0);
    for (const id of links) expect(text).toContain(`id="${id}"`);
  });

  test.each(pictures)("P6: %s says what is not up to date before anything else", async (path) => {
    const { text } = await get(path);
    const notice = text.indexOf("ERP is not up to date");
    expect(notice).toBeGreaterThan(0);
    const table = text.indexOf("<table");
    expect(notice).toBeLessThan(table < 0 ? text.length : table);
  });

  test.each(pages)("%s shows a hostile name as text and nothing else", async (path) => {
    const hostile = `<img src=x onerror=alert(1)>"' onmouseover="x\u202E\u200B</title></svg>`;
    needs = withFirm({ names: { client: hostile, project: hostile } });
    const { status, text } = await get(path);
    expect(status).toBe(200);
    expect(text).not.toMatch(/<img|"' onmouseover|[\u202e\u200b]/);
  });

  test.each(["/", ...pages])("%s names the firm and shows its own time", async (path) => {
    const { text } = await get(path);
    expect(text).toContain("<b>Meridian Consulting</b>");
    expect(text).toContain(
      '<time datetime="2026-11-23T10:00:00.000Z">23 Nov 2026, 11:00 CET</time>',
    );
    expect(text).not.toContain(" UTC</time>");
  });
});

describe("the portfolio", () => {
  test("P6: has the worst first, in words as well as in colour, and marks what is worse than reported", async () => {
    const { text } = await get("/portfolio");
    const order = ["Aurora data platform", "Borealis audit", "S/4HANA rollout", "Cobalt portal"];
    const places = order.map((name) => text.indexOf(`>${name}</a>`));
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(text).toMatch(/badge bad">red<\/span> <span class="badge bad"[^>]*>reported green/);
    expect(text).toContain('badge unsure">unknown');
    expect(text).toContain("EUR 48,200.00");
    expect(text).toContain("58 % of rules known");
  });

  test("can be asked for one colour, and goes on page by page", async () => {
    needs = withFirm({ projects: 40 });
    const red = await get("/portfolio?rag=red");
    expect(red.text).toContain("10 of 10 shown");
    const first = await get("/portfolio");
    const next = /href="(\/portfolio\?cursor=[^"]+)"/.exec(first.text)?.[1] ?? "";
    expect((await get(next)).text).toContain("15 of 40 shown");
  });
});

describe("one project", () => {
  test("shows each rule with value, thresholds and source; bridges whose pieces fill the bar; ranges", async () => {
    const { text } = await get(project);
    expect(text).toContain("amber below 0.95, red below 0.85");
    expect(text).toContain("timesheets and budget of the PSA");
    expect(text).toContain("2027-01-08 to 2027-02-05");
    for (const [bar] of text.matchAll(/<svg class="bar"[^]*?<\/svg>/g)) {
      const last = [...bar.matchAll(/x="([\d.]+)"[^>]*width="([\d.]+)"/g)].at(-1);
      expect(Number(last?.[1]) + Number(last?.[2])).toBeCloseTo(1_000, 0);
    }
    expect(text).toContain("Waits for the client <b>6 working days</b>");
    expect(text).toContain("Unexplained <b>1 working day</b>");
  });

  test("P6: a rule without its source is unknown and says why", async () => {
    const { text } = await get("/projects/PRJ-5");
    expect(text).toMatch(/Unbilled ready value[^]*?badge unsure">unknown/);
    expect(text).toContain("The ERP is stale.");
  });
});

describe("a KPI", () => {
  test("drills down to its parts", async () => {
    const { text } = await get("/kpis/utilisation");
    expect(text).toContain("71.4 %");
    for (const name of ["Ana Kovac", "Emil Roth"]) expect(text).toContain(name);
  });

  test("P6: without its source is unknown, never a number", async () => {
    const { text } = await get("/kpis/dso");
    expect(text).toContain("<strong>unknown</strong>");
  });
});

describe("what cannot be shown", () => {
  test("an unknown project, KPI or subject is a page that says what to do", async () => {
    for (const path of ["/projects/Zeppelin", "/kpis/happiness", "/timeline"])
      expect(await get(path)).toMatchObject({ status: 404 });
    expect((await get("/projects/Zeppelin")).text).toContain("No project matches “Zeppelin”.");
  });

  test("without a picture of the firm the pages say so, and nothing leads to them", async () => {
    needs = samplePages();
    const { status, text } = await get("/portfolio");
    expect(status).toBe(404);
    expect(text).toContain("has no change feed");
    expect((await get("/")).text).not.toContain('href="/portfolio"');
  });

  test("other paths are left to other doors", async () => {
    for (const path of [
      "/portfolio/x",
      "/projects",
      "/projects/",
      "/projects/a/b",
      "/kpis/%zz",
      "//x/portfolio",
    ])
      expect((await get(path)).status).toBe(418);
  });

  test("the overview leads on to the portfolio, and stands when the picture fails", async () => {
    const { text } = await get("/");
    expect(text).toContain("1 red, 1 amber, 1 unknown, 1 green");
    for (const path of ["/portfolio", "/cases", "/accounts", "/kpis"])
      expect(text).toContain(`href="${path}"`);
    const portfolio = () => Promise.reject(new Error("password=hunter2"));
    needs = { ...needs, operations: { ...sampleOperations(), portfolio } };
    const without = await get("/");
    expect(without.status).toBe(200);
    expect(without.text).toContain("The portfolio could not be read.");
    expect(without.text).not.toContain("hunter2");
  });
});
