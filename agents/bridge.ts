import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { DynamicStructuredTool, ToolMessage } from "langchain";
import { CountersignError } from "#/domain/errors.ts";
import type { Evidence } from "#/domain/evidence.ts";
import type { ProducedBy } from "#/domain/proposal.ts";
import type { Recorder } from "./agent-step.ts";
import { cleanLeaves, fence } from "./fence.ts";
import type { Ledger } from "./ledger.ts";
import type { ToolDefinition, ToolSession } from "./tool-session.ts";
import {
  evidenceOf,
  isToolName,
  nextCursorOf,
  type ToolAnswer,
  type ToolName,
  toolShapes,
} from "./tool-shapes.ts";

/** What one call came to. `text` is what a model reads; `answer` is parsed and safe to compute with. */
export type ToolOutcome<N extends ToolName = ToolName> =
  | {
      readonly ok: true;
      readonly answer: ToolAnswer<N>;
      /** The facts that came with it. */
      readonly evidence: readonly Evidence[];
      /** Where a list goes on; null at its end. */
      readonly next: string | null;
      readonly text: string;
    }
  | { readonly ok: false; readonly text: string };

export type CallOptions = {
  readonly agent: string;
  readonly signal: AbortSignal;
  readonly producedBy?: ProducedBy;
};

/** The run's only way to the world: MCP tools, checked on the way in and on the way out. */
export type Bridge = {
  readonly names: ReadonlySet<ToolName>;
  call<N extends ToolName>(
    name: N,
    args: Readonly<Record<string, unknown>>,
    options: CallOptions,
  ): Promise<ToolOutcome<N>>;
  /** The same calls as LangChain tools, for the named ones that exist. */
  tools(names: readonly ToolName[], agent: string): DynamicStructuredTool[];
  /** Every answered call so far, oldest first. */
  answers<N extends ToolName>(
    name: N,
  ): { args: Readonly<Record<string, unknown>>; answer: ToolAnswer<N> }[];
};

type BridgeNeeds = {
  readonly session: ToolSession;
  readonly ledger: Ledger;
  readonly record: Recorder;
  /** The run's secret fence mark. */
  readonly mark: string;
  readonly callTimeoutMilliseconds?: number;
};

type Mounted = { readonly definition: ToolDefinition; readonly valid: ValidateFunction };

/**
 * Lists the session's tools and takes those whose answer we know how to read. Refused, and recorded:
 * a tool that is not in the catalogue, a name that appears twice (both), a schema that does not compile.
 * Throws CONNECTOR_UNAVAILABLE when the list itself cannot be read.
 */
export async function openBridge(needs: BridgeNeeds): Promise<Bridge> {
  const mounted = mount(await listed(needs.session), needs.record);
  const { ledger, mark } = needs;
  const log: { name: ToolName; args: Readonly<Record<string, unknown>>; answer: unknown }[] = [];

  const call = async <N extends ToolName>(
    name: N,
    args: Readonly<Record<string, unknown>>,
    options: CallOptions,
  ): Promise<ToolOutcome<N>> => {
    const started = performance.now();
    const done = (outcome: ToolOutcome<N>, cause?: unknown): ToolOutcome<N> => {
      const milliseconds = Math.round(performance.now() - started);
      const { agent } = options;
      needs.record({
        kind: "tool",
        agent,
        tool: name,
        ok: outcome.ok,
        milliseconds,
        ...(cause === undefined ? {} : { cause }),
      });
      return outcome;
    };
    const tool = mounted.get(name);
    if (!tool) return done({ ok: false, text: `There is no tool ${name} here.` });
    if (!tool.valid(args)) return done({ ok: false, text: problems(name, tool.valid) });
    const result = await send(needs, { name, args, options });
    if ("thrown" in result) return done({ ok: false, text: noAnswer(name) }, result.thrown);
    if (result.isError)
      return done({
        ok: false,
        text: fence(`${name}-refusal`, result.text, { mark, limit: 2_000 }),
      });
    const shaped = toolShapes[name].safeParse(cleanLeaves(result.structured));
    // The evidence is read as it came: its ids are hashes over the untouched values.
    const evidence = evidenceOf(result.structured);
    if (!shaped.success || evidence === null)
      return done({
        ok: false,
        text: `${name} answered in a shape we do not know. Report the gap.`,
      });
    const forged = ledger.add(cleanLeaves(result.structured), evidence);
    if (forged.length > 0)
      return done({
        ok: false,
        text: `${name} answered with evidence that does not hold. Report the gap.`,
      });
    const answer = shaped.data as ToolAnswer<N>;
    log.push({ name, args, answer });
    const next = nextCursorOf(result.structured);
    return done({
      ok: true,
      answer,
      evidence,
      next,
      text: fence(name, forModel(result.structured), { mark }),
    });
  };

  return {
    names: new Set(mounted.keys()),
    call,
    tools: (names, agent) =>
      names.flatMap((name) => {
        const tool = mounted.get(name);
        return tool ? [langChainTool(tool, { name, agent, call })] : [];
      }),
    answers: <N extends ToolName>(name: N) =>
      log.flatMap((line) =>
        line.name === name ? [{ args: line.args, answer: line.answer as ToolAnswer<N> }] : [],
      ),
  };
}

async function listed(session: ToolSession): Promise<readonly ToolDefinition[]> {
  try {
    return await session.listTools();
  } catch (cause) {
    throw new CountersignError("CONNECTOR_UNAVAILABLE", { system: "The tool server" }, { cause });
  }
}

function mount(definitions: readonly ToolDefinition[], record: Recorder): Map<ToolName, Mounted> {
  const mounted = new Map<ToolName, Mounted>();
  const refuse = (tool: string, reason: string): void =>
    record({ kind: "tool-refused", tool, reason });
  for (const definition of definitions.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const { name } = definition;
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) refuse("?", "invalid name");
    else if (definitions.filter((other) => other.name === name).length > 1)
      refuse(name, "listed twice");
    else if (!isToolName(name)) refuse(name, "not in the catalogue");
    else {
      const valid = compiled(definition.inputSchema);
      if (valid) mounted.set(name, { definition, valid });
      else refuse(name, "its schema does not compile");
    }
  }
  return mounted;
}

/* Compiling takes some 4 ms of CPU a schema, and the same server lists the same schemas every run. */
const validators = new Map<string, ValidateFunction | null>();
const mostValidators = 500;

/** One Ajv per schema: ids of two schemas may clash. null: it does not compile. */
function compiled(schema: Readonly<Record<string, unknown>>): ValidateFunction | null {
  const key = JSON.stringify(schema);
  const known = validators.get(key);
  if (known !== undefined) return known;
  if (validators.size >= mostValidators) validators.clear();
  const made = compile(schema);
  validators.set(key, made);
  return made;
}

function compile(schema: Readonly<Record<string, unknown>>): ValidateFunction | null {
  try {
    return new Ajv2020({ strict: false, validateFormats: false, ownProperties: true }).compile(
      schema,
    );
  } catch {
    return null;
  }
}

type Sending = {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly options: CallOptions;
};

async function send({ session, callTimeoutMilliseconds = 30_000 }: BridgeNeeds, call: Sending) {
  const { signal, producedBy } = call.options;
  try {
    return await session.callTool(call.name, call.args, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(callTimeoutMilliseconds)]),
      ...(producedBy ? { producedBy } : {}),
    });
  } catch (thrown) {
    signal.throwIfAborted();
    return { thrown };
  }
}

const noAnswer = (name: string): string =>
  name === "remediation_propose"
    ? "It is not known whether the proposal was recorded. Do not repeat it; say so."
    : `${name} gave no usable answer. Report the gap; do not guess.`;

/** Ajv's own sentences speak of the schema, never of the values. */
const problems = (name: string, valid: ValidateFunction): string =>
  `The arguments of ${name} are not valid: ${(valid.errors ?? [])
    .slice(0, 5)
    .map((e) => `${e.instancePath || "/"} ${e.message ?? "is wrong"}`)
    .join("; ")}.`;

/** One rendering: the data once, each fact as one short line instead of nine fields. */
function forModel(structured: unknown): unknown {
  if (typeof structured !== "object" || structured === null) return structured;
  const facts = evidenceOf(structured) ?? [];
  const short = facts.map(
    (e) => `${e.id} ${e.record.type}:${e.record.id} ${e.field}=${String(e.value)}`,
  );
  return withoutFacts({ ...structured, evidence: short }, true);
}

/** Full evidence objects deeper in the answer become their ids. */
function withoutFacts(value: unknown, top = false): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutFacts(item));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => {
    if (key !== "evidence" || top || !Array.isArray(item)) return [key, withoutFacts(item)];
    return [key, item.map((fact: unknown) => idOf(fact) ?? fact)];
  });
  return Object.fromEntries(entries);
}

const idOf = (fact: unknown): string | null =>
  typeof fact === "object" && fact !== null && "id" in fact ? String(fact.id) : null;

type Wiring<N extends ToolName> = {
  readonly name: N;
  readonly agent: string;
  readonly call: Bridge["call"];
};

function langChainTool<N extends ToolName>(
  { definition }: Mounted,
  { name, agent, call }: Wiring<N>,
): DynamicStructuredTool {
  return new DynamicStructuredTool({
    name,
    description: String(cleanLeaves(definition.description ?? name)),
    schema: definition.inputSchema as never,
    func: async (args: Record<string, unknown>, _run, config): Promise<ToolMessage> => {
      const id = (config as { toolCall?: { id?: string } } | undefined)?.toolCall?.id ?? "";
      const signal = config?.signal ?? AbortSignal.timeout(30_000);
      const outcome = await call(name, args, { agent, signal });
      return new ToolMessage({
        tool_call_id: id,
        name,
        status: outcome.ok ? "success" : "error",
        content: outcome.text,
        ...(outcome.ok
          ? { artifact: { answer: outcome.answer, evidence: outcome.evidence, next: outcome.next } }
          : {}),
      });
    },
  }) as DynamicStructuredTool;
}
