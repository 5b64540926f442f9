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
  /** Id of the invoice in the ERP. */
  readonly invoice: string;
  /** The closed set. Nothing else can be proposed, whatever a mind asks for. */
  readonly candidates: readonly Candidate[];
  /** What code says for a step, when a mind's own reason does not stand. */
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
        ...(outcome.ok ? { artifact: { answer: outcome.proposed, evidence: [] } } : {}),
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
      idempotencyKey: contentHash({ run: run.key, action: candidate.action, target }).slice(0, 32),
    },
    { agent: "remediation_planner", signal: run.signal, producedBy: given.producedBy },
  );
  if (!outcome.ok) return outcome;
  const { id, state } = outcome.answer;
  if (id === null)
    return { ok: false, text: "The proposal has no number. Say that it is not known." };
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
function reasonOf({ run, reasonFor }: ProposeCase, candidate: Candidate, ask: Ask) {
  const ours = reasonFor(candidate);
  const theirs = ask.evidence.flatMap((id) => run.ledger.get(id)?.id ?? []);
  const evidence = [...new Set([...ours.evidence, ...theirs])];
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
