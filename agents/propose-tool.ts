import { DynamicStructuredTool, ToolMessage } from "langchain";
import { contentHash } from "#/domain/canonical-json.ts";
import type { EvidenceId } from "#/domain/ids.ts";
import { plainText } from "#/domain/plain-text.ts";
import type { ProducedBy } from "#/domain/proposal.ts";
import { formatRef } from "#/domain/record.ts";
import { fence } from "./fence.ts";
import { ground } from "./grounding.ts";
import type { Proposed, Run } from "./run.ts";
import { scopeOfText } from "./support.ts";
import { type Candidate, candidateKey } from "./tool-shapes.ts";

export type ProposeCase = {
  readonly run: Run;
  /** `erp:invoice:…`, as the server takes it. */
  readonly invoice: string;
  /** The closed set. Nothing else can be proposed, whatever a mind asks for. */
  readonly candidates: readonly Candidate[];
  /** What code says for a step, when a mind's own reason does not stand. */
  /** Facts that belong to the case; the server knows no others for it. */
  readonly known: ReadonlySet<string>;
  /** How often the same step was proposed before: a new attempt needs a new key. */
  readonly attempt: (candidate: Candidate) => number;
  readonly reasonFor: (candidate: Candidate) => { why: string; evidence: readonly EvidenceId[] };
  readonly producedBy: ProducedBy;
};

/**
 * `remediation_propose` as the planner sees it: it picks a candidate by key and gives a reason. Action,
 * target, invoice, the facts that call for the step and the idempotency key are filled in by code.
 */
export function proposeTool(given: ProposeCase): DynamicStructuredTool {
  return new DynamicStructuredTool({
    name: "remediation_propose",
    description:
      "Records one candidate as a proposal for people to approve. Changes nothing by itself.",
    schema: {
      type: "object",
      properties: {
        candidate: { type: "string", enum: given.candidates.map(candidateKey) },
        why: { type: "string", description: "One sentence for the approver." },
        evidence: { type: "array", items: { type: "string" } },
      },
      required: ["candidate", "why", "evidence"],
      additionalProperties: false,
    },
    func: async (args: { candidate: string; why: string; evidence: string[] }, _run, config) => {
      const id = (config as { toolCall?: { id?: string } } | undefined)?.toolCall?.id ?? "";
      const outcome = await propose(given, args);
      return new ToolMessage({
        tool_call_id: id,
        name: "remediation_propose",
        status: outcome.ok ? "success" : "error",
        content: outcome.ok
          ? fence(
              "remediation_propose",
              { id: outcome.proposed.id, state: outcome.proposed.state },
              given.run,
            )
          : outcome.text,
        ...(outcome.ok ? { artifact: { answer: outcome.proposed, evidence: [], next: null } } : {}),
      });
    },
  });
}

type Ask = {
  readonly candidate: string;
  readonly why: string;
  readonly evidence: readonly string[];
};
type Outcome = { ok: true; proposed: Proposed } | { ok: false; text: string };

/** One key per run, step and attempt: a repeated run finds its own proposal again. */
const keyOf = ({ run, attempt }: ProposeCase, candidate: Candidate): string =>
  contentHash({ run: run.key, step: candidateKey(candidate), attempt: attempt(candidate) }).slice(
    0,
    32,
  );

async function propose(given: ProposeCase, ask: Ask): Promise<Outcome> {
  const { run } = given;
  const candidate = given.candidates.find((c) => candidateKey(c) === ask.candidate);
  if (!candidate)
    return { ok: false, text: "That is not one of the candidates. Nothing was recorded." };
  const before = run.proposed.get(ask.candidate);
  if (before) return { ok: true, proposed: before };
  const { why, evidence } = reasonOf(given, candidate, ask);
  const target = formatRef(candidate.target);
  const outcome = await run.bridge.call(
    "remediation_propose",
    {
      action: candidate.action,
      target,
      invoice: given.invoice,
      why,
      evidence,
      idempotencyKey: keyOf(given, candidate),
    },
    { agent: "remediation_planner", signal: run.signal, producedBy: given.producedBy },
  );
  if (!outcome.ok) return outcome;
  const { id, state } = outcome.answer;
  const title = plainText(candidate.title, 200);
  const proposed = { id, candidate: ask.candidate, state, title, why, evidence };
  run.proposed.set(ask.candidate, proposed);
  run.ledger.addScope(
    scopeOfText(`${id} ${candidate.action} ${target} ${title} ${state}`, evidence),
  );
  return { ok: true, proposed };
}

/**
 * The facts that call for the step always go along; a mind may add facts it really read. Its words
 * go along only when they stand on those facts.
 */
function reasonOf(given: ProposeCase, candidate: Candidate, ask: Ask) {
  const { run, reasonFor } = given;
  const ours = reasonFor(candidate);
  const theirs = ask.evidence.flatMap((id) =>
    given.known.has(id) ? (run.ledger.get(id)?.id ?? []) : [],
  );
  const evidence = [...new Set([...ours.evidence, ...theirs])].slice(0, 30);
  const { sentences, dropped } = ground([{ text: ask.why, evidence: ask.evidence }], run.ledger);
  if (dropped.length > 0) {
    run.dropped += dropped.length;
    run.record({
      kind: "dropped",
      agent: "remediation_planner",
      reasons: dropped.map((d) => d.why),
    });
  }
  return { why: sentences[0]?.text ?? ours.why, evidence };
}
