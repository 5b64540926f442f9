import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { Client as FirstClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as FirstStdio } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport as FirstHttp } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { Running } from "#/main/run-everything.ts";
import { newHome, runProgram, startProduct, storySettings, writtenIn } from "./start-product.ts";

const beside = newHome();
const alone = newHome();
const world: { running?: Running } = {};
const product = (): Running => {
  if (!world.running) throw new Error("the product did not start");
  return world.running;
};

beforeAll(async () => {
  world.running = await startProduct(beside.home);
});
afterAll(async () => {
  await world.running?.stop();
  beside.remove();
  alone.remove();
});

/** What both generations of the official client can do, as far as a story needs it. */
type AiClient = {
  tools: () => Promise<string[]>;
  call: (name: string, args?: Record<string, unknown>) => Promise<unknown>;
  close: () => Promise<void>;
};
type Way = { readonly generation: 1 | 2; readonly by: "http" | "stdio beside" | "stdio alone" };

const program = (home: string) => ({
  command: process.execPath,
  args: ["main/cli.ts", "mcp"],
  env: { ...storySettings, COUNTERSIGN_HOME: home },
});

async function connect({ generation, by }: Way): Promise<AiClient> {
  const url = new URL(`${product().front.url}/mcp`);
  const child = program(by === "stdio alone" ? alone.home : beside.home);
  if (generation === 1) {
    const client = new FirstClient({ name: "first-generation", version: "1" });
    const transport = by === "http" ? new FirstHttp(url) : new FirstStdio(child);
    await client.connect(transport);
    return {
      tools: async () => (await client.listTools()).tools.map(({ name }) => name),
      call: (name, args = {}) => client.callTool({ name, arguments: args }),
      close: () => client.close(),
    };
  }
  const client = new Client(
    { name: "second-generation", version: "1" },
    { versionNegotiation: { mode: "auto" } },
  );
  await client.connect(
    by === "http" ? new StreamableHTTPClientTransport(url) : new StdioClientTransport(child),
  );
  return {
    tools: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: (name, args = {}) => client.callTool({ name, arguments: args }),
    close: () => client.close(),
  };
}

const ways: readonly Way[] = (["http", "stdio beside", "stdio alone"] as const).flatMap((by) =>
  ([1, 2] as const).map((generation) => ({ generation, by })),
);
const Explained = z.object({
  structuredContent: z.object({
    delay: z.object({ causes: z.array(z.object({ evidence: z.array(z.string()) })) }),
  }),
});
const Candidates = z.object({
  structuredContent: z.object({
    candidates: z.array(z.object({ action: z.string(), target: z.string() })),
  }),
});
const Proposed = z.object({
  structuredContent: z.object({
    proposal: z.object({
      proposalId: z.string(),
      state: z.string(),
      effects: z.array(z.unknown()),
      mayApprove: z.array(z.object({ name: z.string() })),
      outcome: z.string().nullable(),
    }),
  }),
});

/** From the causes to a proposal, as an assistant would go about it. */
async function proposeReminderToClient(client: AiClient): Promise<z.infer<typeof Proposed>> {
  const { delay } = Explained.parse(
    await client.call("invoice_delay_explain", { invoice: "HR-1046" }),
  ).structuredContent;
  const { candidates } = Candidates.parse(
    await client.call("remediation_candidate_list", { invoice: "HR-1046" }),
  ).structuredContent;
  const chase = candidates.find(({ action }) => action === "R14");
  return Proposed.parse(
    await client.call("remediation_propose", {
      action: "R14",
      target: chase?.target ?? "",
      invoice: "HR-1046",
      why: "The client has had the result for weeks.",
      evidence: delay.causes.flatMap(({ evidence }) => evidence).slice(0, 5),
      idempotencyKey: "ai-client-story-1",
    }),
  );
}

describe.each(ways)("an AI client of generation $generation over $by", (way) => {
  test("looks, proposes and follows; P1: it finds no way to approve or to run anything", async () => {
    const before = writtenIn(product());
    const client = await connect(way);
    try {
      expect(await client.tools()).toEqual([
        "account_list",
        "case_list",
        "delay_explain",
        "forecast_get",
        "identity_get",
        "invoice_delay_explain",
        "kpi_get",
        "kpi_list",
        "late_invoice_list",
        "portfolio_list",
        "process_performance_get",
        "project_health_get",
        "project_list",
        "proposal_get",
        "proposal_list",
        "remediation_candidate_list",
        "remediation_propose",
        "timeline_get",
        "what_if",
      ]);
      expect(await client.call("late_invoice_list")).toMatchObject({
        structuredContent: { total: 9, counts: { late: 9, unknown: 0 } },
      });
      const { proposal } = (await proposeReminderToClient(client)).structuredContent;
      expect(proposal).toMatchObject({ state: "waiting", outcome: null });
      expect(proposal.mayApprove.map(({ name }) => name)).toContain("Tomas Lindqvist");
      for (const name of ["proposal_approve", "vote", "proposal_execute", "release_invoice"])
        await expect(client.call(name, { proposalId: proposal.proposalId })).rejects.toMatchObject({
          code: -32602,
        });
      expect(await client.call("proposal_get", { proposalId: proposal.proposalId })).toMatchObject({
        structuredContent: { proposal: { state: "waiting", votes: [] } },
      });
    } finally {
      await client.close();
    }
    expect(writtenIn(product())).toEqual(before);
  });
});

test("beside a running process every door shows the same proposal, made by the same person", async () => {
  const proposals = await product().product.services.listProposals(
    await product().localPrincipal(),
    {},
  );
  expect(proposals).toHaveLength(1);
  expect(proposals[0]).toMatchObject({
    requestedBy: { kind: "person", person: "dana.reyes" },
    state: "waiting",
  });
});

test("the data folder is free again once a client that ran alone has gone", async () => {
  const { code, out } = await runProgram("main/cli.ts", ["proposals"], {
    COUNTERSIGN_HOME: alone.home,
  }).ended;
  expect(code).toBe(0);
  expect(out.trim().split("\n")).toHaveLength(1);
  expect(out).toMatch(/^P-\w+ v1 {2}waiting /);
});
