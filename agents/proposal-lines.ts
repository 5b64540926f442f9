import type { Evidence } from "#/domain/evidence.ts";
import { ProposalId } from "#/domain/ids.ts";
import { plainText } from "#/domain/plain-text.ts";
import type { GroundedSentence } from "./grounding.ts";
import type { Run } from "./run.ts";
import type { ProposalRow } from "./tool-shapes.ts";

const most = 10;
const factsShown = 6;

export type ProposalLines = {
  readonly sentences: readonly GroundedSentence[];
  readonly evidence: readonly Evidence[];
  /** Ids a mind named and that no tool of this run had answered with. */
  readonly invented: number;
};

/**
 * One line per proposal, worded by code from its present state. A mind only chooses which ones, and
 * only among those that this run's tools have named.
 */
export async function proposalLines(run: Run, ids: readonly string[]): Promise<ProposalLines> {
  const rows = new Map<string, ProposalRow>();
  for (const { answer } of run.bridge.answers("proposal_list"))
    for (const row of answer) rows.set(row.id, row);
  for (const name of ["proposal_get", "remediation_propose"] as const)
    for (const { answer } of run.bridge.answers(name)) rows.set(answer.id, answer);
  const asked = [...new Set(ids)];
  const known = asked.filter((id) => rows.has(id) && ProposalId.safeParse(id).success);
  const shown = await Promise.all(
    known.slice(0, most).map(async (id) => {
      const options = { agent: "supervisor", signal: run.signal };
      const fresh = await run.bridge.call("proposal_get", { proposalId: id }, options);
      const row = fresh.ok ? fresh.answer : rows.get(id);
      const evidence = fresh.ok ? fresh.evidence.slice(0, factsShown) : [];
      return row ? [{ text: lineOf(row), evidence }] : [];
    }),
  );
  return {
    sentences: shown
      .flat()
      .map(({ text, evidence }) => ({ text, evidence: evidence.map((fact) => fact.id) })),
    evidence: shown.flat().flatMap(({ evidence }) => evidence),
    invented: asked.length - known.length,
  };
}

const stateWords: Readonly<Record<ProposalRow["state"], string>> = {
  waiting: "waits for approval",
  approved: "is approved and about to be carried out",
  rejected: "was rejected",
  expired: "has expired; nobody decided in time",
  superseded: "was replaced by a newer version",
  withdrawn: "was withdrawn",
  executing: "is being carried out",
  done: "is done",
  failed: "failed",
  unknown: "has an outcome that is not known; a person must look",
};

function lineOf({ id, title, state, expiresAt }: ProposalRow): string {
  const until =
    state === "waiting" && expiresAt
      ? ` until ${expiresAt.slice(0, 16).replace("T", " ")} UTC`
      : "";
  const what = title === null ? "" : ` (${plainText(title, 200)})`;
  return `${id}${what} ${stateWords[state]}${until}.`;
}
