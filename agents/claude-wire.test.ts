import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type Server,
} from "node:http";
import type { AddressInfo } from "node:net";
import { LLMock } from "@copilotkit/aimock";
import { LangChainTracer } from "@langchain/core/tracers/tracer_langchain";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { AgentStep } from "./agent-step.ts";
import { createCopilot } from "./copilot.ts";
import { fixtureFirm } from "./firm-fixture.ts";
import { chooseMinds } from "./minds.ts";
import { promptHash } from "./prompts.ts";

type Body = {
  model: string;
  max_tokens: number;
  system: { text: string; cache_control?: unknown }[];
  messages: { role: string; content: unknown }[];
  tools?: { name: string; input_schema: unknown }[];
  tool_choice?: unknown;
  temperature?: unknown;
  top_p?: unknown;
  top_k?: unknown;
  cache_control?: unknown;
  output_config?: { format?: { type: string; schema: unknown } };
};

const mock = new LLMock({ port: 0 });
const seen: { url: string; headers: IncomingHttpHeaders; body: Body }[] = [];
/** What really goes over the wire: the mock's own journal keeps another provider's shape. */
let tap: Server;
let baseUrl = "";
/** Answers like a server that is overloaded, instead of passing on. */
let overloaded = false;

beforeAll(async () => {
  await mock.start();
  tap = createServer((incoming, reply) => {
    const parts: Buffer[] = [];
    incoming.on("data", (part: Buffer) => parts.push(part));
    incoming.on("end", () => {
      const body = Buffer.concat(parts);
      seen.push({
        url: incoming.url ?? "",
        headers: incoming.headers,
        body: JSON.parse(body.toString() || "{}") as Body,
      });
      if (overloaded) {
        reply.writeHead(529, { "content-type": "application/json" });
        reply.end('{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}');
        return;
      }
      const headers = { ...incoming.headers, host: "" };
      httpRequest(
        `${mock.url}${incoming.url}`,
        { method: incoming.method ?? "POST", headers },
        (answer) => {
          reply.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(reply);
        },
      ).end(body);
    });
  });
  await new Promise<void>((resolve) => {
    tap.listen(0, "127.0.0.1", resolve);
  });
  baseUrl = `http://127.0.0.1:${(tap.address() as AddressInfo).port}`;
});
afterAll(async () => {
  tap.closeAllConnections();
  await new Promise((resolve) => {
    tap.close(resolve);
  });
  await mock.stop();
});
beforeEach(() => {
  seen.length = 0;
  overloaded = false;
});

const steps: AgentStep[] = [];
const copilot = () =>
  createCopilot({
    minds: chooseMinds({
      apiKey: "test-key",
      supervisorModel: "claude-sonnet-5-5",
      specialistModel: "claude-haiku-5-5",
      baseUrl,
      maxTokens: 4_096,
      maxRetries: 0,
    }),
    record: (step) => steps.push(step),
    today: () => "2026-11-23",
  });

/** The facts about one invoice, as the tools of the fixture give them. */
const factsOf = async (id: string): Promise<string[]> => {
  const { structured } = await fixtureFirm().session.callTool(
    "invoice_delay_explain",
    { invoice: id },
    { signal: new AbortController().signal },
  );
  return (structured as { delay: { evidence: { id: string }[] } }).delay.evidence.map(
    (fact) => fact.id,
  );
};

describe("Claude drives the same graph", () => {
  beforeAll(async () => {
    const facts = await factsOf("INV-1043");
    const usage = { input_tokens: 90, output_tokens: 20 };
    const analyst = "Root-cause analyst";
    const supervisor = "# Supervisor";
    mock.on(
      { systemMessage: analyst, hasToolResult: false },
      {
        usage,
        toolCalls: [{ name: "invoice_delay_explain", arguments: '{"invoice":"INV-1043"}' }],
      },
    );
    const sentence = {
      text: "The change order CO-7 has held INV-1043 up for 7 working days.",
      evidence: facts,
    };
    mock.on(
      { systemMessage: analyst, hasToolResult: true },
      {
        usage,
        content: JSON.stringify({
          sentences: [sentence, { ...sentence, text: "It costs EUR 5.00 a day." }],
        }),
      },
    );
    mock.on(
      { systemMessage: supervisor, hasToolResult: false },
      { usage, toolCalls: [{ name: "root_cause_analyst", arguments: '{"invoice":"INV-1043"}' }] },
    );
    mock.on(
      { systemMessage: supervisor, toolResultContains: "CO-7" },
      { usage, content: JSON.stringify({ sentences: [sentence], notes: [], proposals: [] }) },
    );
  });

  test("P5: question to cited answer, with what the model made up dropped and counted", async () => {
    const answer = await copilot().answer({
      session: fixtureFirm().session,
      question: "Why is the Aurora invoice late?",
    });
    expect(answer.sentences.map((s) => s.text)).toEqual([
      "The change order CO-7 has held INV-1043 up for 7 working days.",
    ]);
    expect(answer.droppedClaims).toBe(1);
    expect(answer.producedBy).toEqual({ mind: "claude-haiku-5-5 + claude-sonnet-5-5", promptHash });
    expect(seen.map(({ body }) => body.model)).toEqual([
      "claude-sonnet-5-5",
      "claude-haiku-5-5",
      "claude-haiku-5-5",
      "claude-sonnet-5-5",
    ]);
    expect(
      steps.filter((s) => s.kind === "model").every((s) => s.inputTokens + s.outputTokens > 0),
    ).toBe(true);
  });

  test("the wire is as the API wants it", async () => {
    await copilot().answer({
      session: fixtureFirm().session,
      question: "Why is the Aurora invoice late?",
    });
    expect(seen).toHaveLength(4);
    for (const { url, headers, body } of seen) {
      expect(url).toBe("/v1/messages");
      expect(headers["anthropic-version"]).toBe("2026-10-21");
      expect(headers.authorization).toBe("Bearer test-key");
      expect(headers["x-api-key"]).toBeUndefined();
      expect(body.max_tokens).toBe(4_096);
      expect(body.tool_choice).toBeUndefined();
      expect([body.temperature, body.top_p, body.top_k]).toEqual([undefined, undefined, undefined]);
      expect(body.output_config?.format?.type).toBe("json_schema");
      expect(JSON.stringify(body.output_config?.format?.schema)).not.toMatch(
        /minLength|maxItems|"pattern"|\$schema/,
      );
      expect(body.cache_control).toEqual(expect.objectContaining({ type: "ephemeral" }));
      expect(body.system[0]?.cache_control).toEqual({ type: "ephemeral" });
      expect(body.system[1]?.text).toContain("Today is 2026-11-23");
    }
  });

  test("a tool's result is one plain text, its data once, inside the run's fence", async () => {
    await copilot().answer({
      session: fixtureFirm().session,
      question: "Why is the Aurora invoice late?",
    });
    const last = seen[2]?.body.messages.at(-1);
    const [block] = (last?.content ?? []) as { type: string; content: unknown }[];
    expect(block?.type).toBe("tool_result");
    const text =
      typeof block?.content === "string" ? block.content : JSON.stringify(block?.content);
    const mark =
      /mark of this run is (\w+)/.exec(seen[2]?.body.system[1]?.text ?? "")?.[1] ?? "none";
    expect(text).toContain(`data-${mark} from=`);
    expect(text.split("is billed on this invoice")).toHaveLength(2);
    expect(text).not.toContain("structuredContent");
  });

  test("P1: no agent is offered a tool that approves, executes or writes; only the planner may propose", async () => {
    await copilot().answer({
      session: fixtureFirm().session,
      question: "Why is the Aurora invoice late?",
    });
    const offered = new Set(
      seen.flatMap(({ body }) => (body.tools ?? []).map((tool) => tool.name)),
    );
    expect(offered.size).toBeGreaterThan(5);
    for (const name of offered)
      expect(name).not.toMatch(/approve|execute|vote|release|write|issue|send|propose/);
  });

  test("the question and the fixed prompt come first, so that the start of every request is the same", async () => {
    await copilot().answer({
      session: fixtureFirm().session,
      question: "Why is the Aurora invoice late?",
    });
    const first = seen.filter(({ body }) => body.model === "claude-sonnet-5-5");
    expect(first[0]?.body.system[0]).toEqual(first[1]?.body.system[0]);
    expect(JSON.stringify(first[0]?.body.system[0])).not.toMatch(/Today is|mark of this run/);
    expect(first[0]?.body.tools).toEqual(first[1]?.body.tools);
  });

  test("overloaded: the rules answer, labelled, and no tool is called twice for it by the model", async () => {
    overloaded = true;
    const answer = await copilot().answer({
      session: fixtureFirm().session,
      question: "Why is the Aurora invoice late?",
    });
    expect(answer.producedBy).toEqual({ mind: "rules-1", promptHash: null });
    expect(answer.sentences[0]?.text).toContain("INV-1043");
    expect(seen).toHaveLength(1);
  });
});

test("no trace leaves, even when the environment asks the framework for one", async () => {
  const before = { ...process.env };
  const traced = vi.spyOn(LangChainTracer.prototype, "onRunCreate").mockResolvedValue();
  Object.assign(process.env, {
    LANGSMITH_TRACING: "true",
    LANGCHAIN_TRACING_V2: "true",
    LANGSMITH_API_KEY: "test-key",
    LANGSMITH_ENDPOINT: baseUrl,
  });
  try {
    const rulesOnly = createCopilot({ minds: chooseMinds(null) });
    await rulesOnly.answer({ session: fixtureFirm().session, question: "Why is INV-1043 late?" });
    await rulesOnly.investigate({ session: fixtureFirm().session, invoice: "INV-1043" });
    expect(traced).not.toHaveBeenCalled();
  } finally {
    traced.mockRestore();
    for (const key of Object.keys(process.env))
      if (!(key in before)) Reflect.deleteProperty(process.env, key);
  }
});

test("without a key the rules think, and nothing else", () => {
  const minds = chooseMinds(null);
  expect(minds.fallback).toBeNull();
  expect(Object.values(minds.first.agents).map((agent) => agent.name)).toEqual([
    "rules-1",
    "rules-1",
    "rules-1",
  ]);
});
