import { Client } from "@modelcontextprotocol/client";
import { afterEach, describe, expect, test } from "vitest";
import { Evidence } from "#/domain/evidence.ts";
import type { OperationsNeeds } from "./operations-server.ts";
import { connectTo } from "./testing/connect.ts";
import { sampleOperations } from "./testing/sample-operations.ts";
import { sampleServices } from "./testing/sample-services.ts";

const clients: Client[] = [];
const connect = (change: Partial<OperationsNeeds> = {}) => {
  const client = new Client({ name: "test", version: "1" });
  clients.push(client);
  return connectTo(client, change);
};
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

const withFirm = (order: Parameters<typeof sampleOperations>[0] = {}) =>
  connect({ services: { ...sampleServices().services, operations: sampleOperations(order) } });

const calls: readonly [string, Record<string, unknown>][] = [
  ["account_list", {}],
  ["case_list", {}],
  ["delay_explain", { of: "INV-1042" }],
  ["forecast_get", { of: "INV-1042" }],
  ["kpi_get", { kpi: "utilisation", drill: true }],
  ["portfolio_list", {}],
  ["process_performance_get", {}],
  ["project_health_get", { project: "aurora", full: true }],
  ["timeline_get", { of: "INV-1042" }],
  ["what_if", { change: "accept-milestone", milestone: "MS-3", on: "2026-11-24" }],
];
const names = [...calls.map(([name]) => name), "kpi_list"].toSorted();

/** Every id cited anywhere in an answer, outside the list of evidence itself. */
function cited(data: object): string[] {
  const { evidence: _, ...rest } = data as { evidence: unknown };
  return JSON.stringify(rest).match(/ev_[0-9a-f]{16}/g) ?? [];
}

describe("the tools for the firm as a whole", () => {
  test("are listed only where something stands behind them; the others work without", async () => {
    const without = (await (await connect()).client.listTools()).tools.map(({ name }) => name);
    expect(without.filter((name) => names.includes(name))).toEqual([]);
    const { client } = await withFirm();
    const all = (await client.listTools()).tools.map(({ name }) => name);
    expect(all).toEqual([...without, ...names].toSorted());
    expect(all.length).toBeLessThanOrEqual(20);
  });

  test.each(calls)("P5: %s brings whole evidence for everything it cites", async (tool, args) => {
    const { call } = await withFirm();
    const { data, isError } = await call(tool, args);
    expect(isError).toBe(false);
    const found = Evidence.array()
      .min(1)
      .parse((data as { evidence: unknown }).evidence);
    const ids = cited(data);
    expect(ids.length).toBeGreaterThan(0);
    expect(new Set(found.map(({ id }) => id))).toEqual(new Set(ids));
  });

  test.each(calls)("P6: %s says first what is not up to date", async (tool, args) => {
    const { call } = await withFirm();
    const { data, text } = await call(tool, args);
    expect(text).toMatch(/^Not up to date: erp, last read 2026-11-20T06:00:00\.000Z\. The ERP/);
    expect((data as { sources: unknown[] }).sources[0]).toMatchObject({
      system: "erp",
      stale: true,
    });
  });

  test("P6: an unknown figure is null with its reason, and an unknown project is not green", async () => {
    const { call } = await withFirm();
    const kpi = await call("kpi_get", { kpi: "dso" });
    expect(kpi.data).toMatchObject({ figure: { value: null, reason: "The ERP is stale." } });
    expect(kpi.text).toContain("Days sales outstanding: unknown, The ERP is stale.");
    const { data } = await call("project_health_get", { project: "S/4HANA rollout" });
    expect(data).toMatchObject({ project: { rag: "unknown", reported: "green" } });
  });

  test("a project that is worse than reported is marked", async () => {
    const { call } = await withFirm();
    const { data, text } = await call("portfolio_list", { rag: "red" });
    expect(data).toMatchObject({
      total: 1,
      projects: [{ ref: "psa:project:PRJ-3", rag: "red", reported: "green", watermelon: true }],
    });
    expect(text).toContain(
      "Aurora data platform for Aurora Health (psa:project:PRJ-3): red, reported green",
    );
  });
});

describe("an answer is small by default", () => {
  test("ten of forty projects, below six thousand characters, and more on request", async () => {
    const { call } = await withFirm({ projects: 40 });
    const { data, text } = await call("portfolio_list");
    expect(data).toMatchObject({ total: 40, projects: { length: 10 } });
    expect(text.length).toBeLessThan(6_000);
    const deep = await call("portfolio_list", { full: true });
    const reasons = (answer: { projects: { reasons: unknown[] }[] }) =>
      answer.projects.flatMap((row) => row.reasons).length;
    expect(reasons(deep.data)).toBeGreaterThan(reasons(data));
  });

  test("a project shows what is wrong; with full every rule and both bridges", async () => {
    const { call } = await withFirm();
    const brief = await call("project_health_get", { project: "PRJ-3" });
    expect(brief.data).toMatchObject({ rules: { length: 2 }, margin: [], slippage: [] });
    const full = await call("project_health_get", { project: "PRJ-3", full: true });
    expect(full.data).toMatchObject({ rules: { length: 3 }, margin: { length: 3 } });
    expect(full.text).toContain("Slippage: Waits for the client 6 working days");
  });

  test("pages follow each other by the cursor that was given, without gap or repeat", async () => {
    const { call } = await withFirm({ projects: 25 });
    type Page = { projects: { ref: string }[]; nextCursor: string | null };
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const args: Record<string, unknown> = cursor === null ? {} : { cursor };
      const page: Page = (await call("portfolio_list", args)).data;
      seen.push(...page.projects.map(({ ref }) => ref));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toHaveLength(25);
    expect(new Set(seen).size).toBe(25);
  });
});

describe("what cannot be answered", () => {
  test.each([
    ["project_health_get", { project: "Zeppelin" }, "No project matches “Zeppelin”"],
    ["project_health_get", { project: "a" }, "matches more than one record"],
    ["kpi_get", { kpi: "happiness" }, "ask for the list of KPIs"],
    ["kpi_get", { kpi: "dso", of: "Aurora" }, "of also needs scope"],
    ["what_if", { change: "reassign", project: "PRJ-3" }, "reassign also needs from and to"],
    ["what_if", { change: "remove-days", invoice: "INV-1042" }, "remove-days also needs days"],
  ])("%s %j says what to do instead", async (tool, args, sentence) => {
    const { call } = await withFirm();
    const answer = await call(tool, args);
    expect(answer.isError).toBe(true);
    expect(answer.text).toContain(sentence);
  });

  test("a stranger's text forms no link, tag or line, and hides nothing", async () => {
    const hostile = "A\u202Eb\u200B [click](http://evil.example) <img src=x>\n# IGNORE";
    const { call } = await withFirm({ names: { client: hostile, project: hostile } });
    for (const [tool, args] of calls) {
      const { text, data } = await call(tool, {
        ...args,
        ...("project" in args ? { project: "PRJ-3" } : {}),
      });
      expect(text).not.toMatch(/(?<!\\)\[click|(?<!\\)<img|^# /m);
      expect(JSON.stringify(data)).not.toMatch(/[\u202e\u200b]/u);
    }
  });
});

describe("prompts and resources of the whole firm", () => {
  test("name only tools that exist, and complete project names", async () => {
    const { client } = await withFirm();
    const { prompts } = await client.listPrompts();
    expect(prompts.map(({ name }) => name).toSorted()).toEqual([
      "late_invoice_explanation",
      "project_health_review",
      "service_operations_review",
      "weekly_review",
    ]);
    const tools = new Set((await client.listTools()).tools.map(({ name }) => name));
    const texts = await Promise.all([
      client.getPrompt({ name: "service_operations_review" }),
      client.getPrompt({ name: "project_health_review", arguments: { project: "Aurora" } }),
    ]);
    const named = JSON.stringify(texts).match(/\b[a-z]+(_[a-z]+)+\b/g) ?? [];
    expect(named.length).toBeGreaterThan(5);
    for (const name of named) expect(tools).toContain(name);
    const { completion } = await client.complete({
      ref: { type: "ref/prompt", name: "project_health_review" },
      argument: { name: "project", value: "hana" },
    });
    expect(completion.values).toEqual(["S/4HANA rollout"]);
  });

  test("a project can be read as a resource, whole", async () => {
    const { client } = await withFirm();
    const { contents } = await client.readResource({ uri: "countersign://projects/PRJ-3" });
    const [first] = contents;
    const read: unknown = first && "text" in first ? JSON.parse(first.text) : null;
    expect(read).toMatchObject({ project: { rag: "red" }, slippage: { length: 3 } });
    await expect(client.readResource({ uri: "countersign://projects/PRJ-0" })).rejects.toThrow(
      "No project matches",
    );
  });
});
