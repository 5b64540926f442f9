import type { BusinessCalendar } from "#/domain/business-time.ts";
import { canonicalJson, contentHash } from "#/domain/canonical-json.ts";
import type { Decision } from "#/domain/decision.ts";
import type { DecisionRecord } from "#/domain/decision-record.ts";
import { checkVote, decideExecute } from "./decide.ts";
import { engineVersion } from "./engine.ts";
import type { ApproveFacts, ExecuteFacts, VoteCheck } from "./facts.ts";
import type { PolicySet } from "./policy-set.ts";

/** What `decideExecute` is asked: the facts, and the calendar that a wait is resolved by. */
export type ExecuteQuestion = {
  readonly facts: ExecuteFacts;
  readonly businessWindow: BusinessCalendar | null;
};

export const recordExecute = (
  set: PolicySet,
  question: ExecuteQuestion,
  answer: Decision,
): DecisionRecord => written(set, { question: "execute", facts: question, answer });

export const recordVote = (
  set: PolicySet,
  facts: ApproveFacts,
  answer: VoteCheck,
): DecisionRecord => written(set, { question: "vote", facts, answer });

function written(
  set: PolicySet,
  {
    question,
    facts,
    answer,
  }: { question: DecisionRecord["question"]; facts: unknown; answer: unknown },
): DecisionRecord {
  return {
    question,
    facts: canonicalJson(facts),
    factsHash: contentHash(facts),
    answer: canonicalJson(answer),
    policySetHash: set.hash,
    engine: engineVersion,
  };
}

/**
 * The answer of a policy set to the facts of a record, as canonical JSON: byte for byte the one on
 * record, when the set is the one that it was made under.
 */
export function replayDecision(
  record: Pick<DecisionRecord, "question" | "facts">,
  set: PolicySet,
): string {
  return canonicalJson(
    record.question === "vote"
      ? checkVote(set, voteFacts(record))
      : answerOf(set, executeQuestion(record)),
  );
}

export const answerOf = (set: PolicySet, { facts, businessWindow }: ExecuteQuestion): Decision =>
  decideExecute(set, facts, businessWindow ? { businessWindow } : {});

/** Written by `recordExecute` alone, and hashed; whoever reads it back checks the hash, not each field. */
export const executeQuestion = ({ facts }: Pick<DecisionRecord, "facts">): ExecuteQuestion =>
  JSON.parse(facts) as ExecuteQuestion;
export const voteFacts = ({ facts }: Pick<DecisionRecord, "facts">): ApproveFacts =>
  JSON.parse(facts) as ApproveFacts;
