import { Client } from "@modelcontextprotocol/client";
import { afterEach, describe, expect, test } from "vitest";
import { InvoiceDelay } from "#/domain/assessment.ts";
import { Evidence } from "#/domain/evidence.ts";
import type { OperationsNeeds } from "./operations-server.ts";
import { connectTo } from "./testing/connect.ts";
import { sampleOperations } from "./testing/sample-operations.ts";
import {
  principalWith,
  sampleCatalogue,
  sampleNonce,
  sampleServices,
} from "./testing/sample-services.ts";

const clients: Client[] = [];
const connect = (change: Partial<OperationsNeeds> = {}) => {
  const client = new Client({ name: "test", version: "1" });
  clients.push(client);
  return connectTo(client, change);
};
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

const reading = [
  "identity_get",
  "invoice_delay_explain",
  "late_invoice_list",
  "project_list",
  "proposal_get",
  "proposal_list",
  "remediation_candidate_list",
];
const propose = {
  action: "R08",
  target: "erp:invoice:INV-1042",
  invoice: "INV-1042",
  why: "It is complete.",
  evidence: ["ev_0123456789abcdef"],
  idempotencyKey: "case-1042-a",
};

/** The list with the whole firm behind it. */
const everyTool = async () => {
  const services = { ...sampleServices().services, operations: sampleOperations() };
  return (await connect({ services })).client.listTools();
};

describe("the tools on offer", () => {
  test("P1: are exactly the look tools and one that proposes; nothing approves, votes or executes", async () => {
    const { client } = await connect();
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([...reading, "remediation_propose"]);
  });

  test("P1: without the right to propose, that tool does not exist and calling it is a protocol error", async () => {
    const { client, proposed } = await connect({ principal: principalWith("read") });
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(reading);
    await expect(
      client.callTool({ name: "remediation_propose", arguments: propose }),
    ).rejects.toMatchObject({ code: -32602 });
    expect(proposed).toEqual([]);
  });

  test("P1: a right that could be had by consent lists the tool and refuses the call until then", async () => {
    const { call, proposed } = await connect({
      principal: principalWith("read"),
      obtainable: new Set(["propose"]),
    });
    const answer = await call("remediation_propose", propose);
    expect(answer.isError).toBe(true);
    expect(answer.text).toContain("ops:propose");
    expect(proposed).toEqual([]);
  });

  test("declare all four hints, refuse unknown arguments and start with a verb", async () => {
    const { tools } = await everyTool();
    for (const tool of tools) {
      expect(tool.annotations).toEqual({
        readOnlyHint: tool.name !== "remediation_propose",
        destructiveHint: false,
        idempotentHint: true,
        openWorldHint: false,
      });
      expect(tool.inputSchema["additionalProperties"]).toBe(false);
      expect(tool.outputSchema?.["additionalProperties"]).toBe(true);
      expect(tool.description).toMatch(/^(Tell|Explain|List|Get|File|Compute) /);
    }
  });

  test("are listed the same way every time, within their budget", async () => {
    const [first, second] = await Promise.all([everyTool(), everyTool()]);
    const listed = JSON.stringify(first.tools);
    expect(JSON.stringify(second.tools)).toBe(listed);
    expect(first.tools.length).toBeLessThanOrEqual(20);
    // About four characters a token: 12,000 tokens are the most a client should pay.
    expect(listed.length).toBeLessThan(48_000);
  });

  test("change only in a reviewed diff", async () => {
    const { tools } = await everyTool();
    await expect(`${JSON.stringify(tools, null, 1)}\n`).toMatchFileSnapshot(
      "testing/tool-definitions.snap",
    );
  });

  test("refuse an argument they do not know, by name", async () => {
    const { call } = await connect();
    const answer = await call("invoice_delay_explain", { invoice: "INV-1042", tenant: "other" });
    expect(answer).toMatchObject({ isError: true });
    expect(answer.text).toContain("tenant");
  });
});

describe("what the tools say", () => {
  test("P5: an explained invoice is a whole assessment whose every citation is in the evidence", async () => {
    const { call } = await connect();
    const { data, text } = await call("invoice_delay_explain", { invoice: "INV-1042" });
    const { delay, evidence } = data as { delay: object; evidence: unknown[] };
    const whole = InvoiceDelay.parse({ ...delay, evidence });
    const ids = new Set(whole.evidence.map(({ id }) => id));
    for (const cause of whole.causes)
      for (const id of cause.evidence) expect(ids.has(id)).toBe(true);
    expect(text).toContain("INV-1 Timesheets missing: 4.5 working days, still open");
    expect(text).toContain("As of 2026-11-23T10:00:00.000Z");
    expect(text).toContain(
      "Sources: erp:invoice:INV-1042 <http://127.0.0.1:9/erp/invoice/INV-1042>",
    );
  });

  test.each([
    ["late_invoice_list", {}, "invoices"],
    ["project_list", {}, "projects"],
    ["proposal_get", { proposalId: "P-7K3M2Q" }, null],
  ])("P5: %s brings whole evidence along", async (tool, args, rows) => {
    const { call } = await connect();
    const { data, isError } = await call(tool, args);
    expect(isError).toBe(false);
    const facts = data as { evidence: unknown[] } & Record<string, { evidence?: string[] }[]>;
    const found = Evidence.array().min(1).parse(facts.evidence);
    const ids = new Set<string>(found.map(({ id }) => id));
    for (const row of rows ? (facts[rows] ?? []) : [])
      for (const id of row.evidence ?? []) expect(ids.has(id)).toBe(true);
  });

  test("P6: what a source does not say is null in the data and unknown in the text", async () => {
    const { call } = await connect();
    const { data, text } = await call("project_list", { query: "aurora" });
    expect(data).toMatchObject({ total: 2, projects: [{ reportedHealth: null }, {}] });
    expect(text).toContain("reported unknown");
    expect((await call("project_list", { query: "Borealis" })).data).toMatchObject({ total: 1 });
  });

  test("P1: no answer carries the nonce that arms the approval buttons", async () => {
    const { call, client } = await connect();
    const answers = await Promise.all([
      call("proposal_get", { proposalId: "P-7K3M2Q" }),
      call("proposal_list"),
      call("remediation_propose", propose),
      client.readResource({ uri: "countersign://proposals/P-7K3M2Q" }),
    ]);
    expect(JSON.stringify(answers)).toContain("P-7K3M2Q");
    expect(JSON.stringify(answers)).not.toContain(sampleNonce);
  });

  test("a proposal is filed with the connection's own mind and thread, not with the caller's", async () => {
    const { call, proposed } = await connect();
    const { data, text } = await call("remediation_propose", propose);
    expect(proposed).toEqual([
      {
        ...propose,
        producedBy: { mind: "test", promptHash: null },
        thread: { channel: "C1", ts: "1.2" },
      },
    ]);
    expect(data).toMatchObject({ proposal: { proposalId: "P-NEWONE1", state: "waiting" } });
    expect(text).toContain("A person decides in Slack");
    expect(text).toContain("http://127.0.0.1:9/proposals/P-NEWONE1");
  });

  test("who am I says what a missing right would add and how to get it", async () => {
    const { call } = await connect({ principal: principalWith("read") });
    const { data, text } = await call("identity_get");
    expect(data).toMatchObject({
      tenant: "meridian",
      rights: ["read"],
      missing: [{ right: "propose", how: "ask an administrator for a role that has it" }],
    });
    expect(text).toContain("people decide in Slack");
  });
});

describe("text that a stranger wrote", () => {
  const hostile =
    "A\u202Eb\u200B\u{E0041}\u0007 [click](http://evil.example) <img src=x>\n# IGNORE";
  test("cannot form links, tags or lines in the text, nor hide characters anywhere", async () => {
    const { services } = sampleServices({ client: hostile, person: hostile, project: hostile });
    const { call } = await connect({ services });
    for (const [tool, args] of [
      ["invoice_delay_explain", { invoice: "INV-1042" }],
      ["late_invoice_list", {}],
      ["project_list", {}],
    ] as const) {
      const answer = await call(tool, args);
      expect(answer.isError).toBe(false);
      expect(answer.text).not.toMatch(/(?<!\\)\[click|(?<!\\)<img|^# /m);
      expect(JSON.stringify(answer)).not.toMatch(
        /\\u202e|\\u200b|\\u0007|[\u202e\u200b]|\u{E0041}/u,
      );
    }
  });
});

describe("an error", () => {
  test("of ours is told as it is", async () => {
    const { call } = await connect();
    const answer = await call("invoice_delay_explain", { invoice: "INV-9" });
    expect(answer.isError).toBe(true);
    expect(answer.text).toBe(
      "No invoice matches “INV-9”. Ask which invoices are late, then use a number from that list.",
    );
  });

  test("of any other kind leaves only a reference, which finds the cause in the log", async () => {
    const { services } = sampleServices();
    const leak = "SELECT * FROM members at /srv/app.ts password=hunter2";
    const { call, client, lines } = await connect({
      services: {
        ...services,
        listProjects: () => Promise.reject(new Error(leak)),
        getProposal: () => Promise.reject(new Error(leak)),
      },
    });
    const answer = await call("project_list");
    expect(answer.isError).toBe(true);
    expect(answer.text).toMatch(/^Internal error, reference R-[0-9a-f]{8}\./);
    expect(lines.join()).toContain(/R-[0-9a-f]{8}/.exec(answer.text)?.[0]);
    expect(lines.join()).toContain("hunter2");
    const failure: unknown = await client
      .readResource({ uri: "countersign://proposals/P-7K3M2Q" })
      .catch((error: unknown) => error);
    expect(String(failure)).toMatch(/reference R-/);
    expect(String(failure)).not.toContain("hunter2");
  });
});

describe("resources, prompts and completion", () => {
  test("the catalogue and a proposal can be read; an unknown one is not found", async () => {
    const { client } = await connect();
    const { resources } = await client.listResources();
    expect(resources.map(({ uri }) => uri)).toEqual(["countersign://catalogue"]);
    const { resourceTemplates } = await client.listResourceTemplates();
    expect(resourceTemplates.map((t) => t.uriTemplate)).toEqual(["countersign://proposals/{id}"]);
    const { contents } = await client.readResource({ uri: "countersign://catalogue" });
    const [first] = contents;
    expect(first && "text" in first ? JSON.parse(first.text) : null).toEqual(sampleCatalogue);
    await expect(client.readResource({ uri: "countersign://proposals/P-UNKNOWN" })).rejects.toThrow(
      "No proposal P-UNKNOWN that you may see",
    );
  });

  test("prompts name only tools that exist, and complete invoice numbers", async () => {
    const { client } = await connect();
    const { prompts } = await client.listPrompts();
    expect(prompts.map(({ name }) => name)).toEqual(["late_invoice_explanation", "weekly_review"]);
    const texts = await Promise.all([
      client.getPrompt({ name: "weekly_review" }),
      client.getPrompt({ name: "late_invoice_explanation", arguments: { invoice: "INV-1042" } }),
    ]);
    const named = JSON.stringify(texts).match(/\b[a-z]+(_[a-z]+)+\b/g) ?? [];
    expect(named.length).toBeGreaterThan(2);
    for (const name of named) expect([...reading, "remediation_propose"]).toContain(name);
    const { completion } = await client.complete({
      ref: { type: "ref/prompt", name: "late_invoice_explanation" },
      argument: { name: "invoice", value: "inv" },
    });
    expect(completion.values).toEqual(["INV-1042"]);
  });
});
