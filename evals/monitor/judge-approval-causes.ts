import { approvalDelayOf } from "#/monitor/causes/approval-delay.ts";
import type { EvalFirm } from "./eval-firm.ts";
import {
  type ClassScore,
  type Judged,
  judged,
  macroF1,
  majority,
  scoreOf,
  share,
  type Verdict,
} from "./judged.ts";

export type ApprovalCausesJudged = {
  readonly rows: readonly Judged[];
  readonly byCode: readonly ClassScore[];
  readonly failures: readonly {
    readonly approvalId: string;
    readonly truth: string | null;
    readonly said: string | null;
  }[];
};

/** Why every late request waited, asked at the anchor; that nobody in particular is to blame is an answer. */
export function judgeApprovalCauses(firm: EvalFirm): ApprovalCausesJudged {
  const cases = firm.truth.approvals.flatMap((truth) =>
    firm.now.get("approval", truth.approvalId)
      ? [{ truth, delay: approvalDelayOf(firm.now, truth.approvalId) }]
      : [],
  );
  const verdicts = cases
    .filter(({ truth }) => truth.late)
    .map(({ truth, delay }) => ({
      approvalId: truth.approvalId,
      truth: truth.cause,
      said: delay.cause?.code ?? null,
    }));
  const inTime = cases.filter(({ truth }) => !truth.late);
  const caused = verdicts.filter(({ truth }) => truth !== null);
  const telling = caused.filter(({ truth }) => truth !== "APR-8");
  const accuracy = (list: readonly Verdict<string | null>[]) =>
    share(list.filter(({ truth, said }) => truth === said).length, list.length);
  const commonest = majority(verdicts.map(({ truth }) => truth)) ?? null;
  const guessed = verdicts.map(({ truth }): Verdict<string | null> => ({ truth, said: commonest }));
  return {
    rows: [
      judged("approval top cause, none included", accuracy(verdicts), verdicts.length, {
        atLeast: 0.85,
      }),
      judged("approval top cause, where there is one", accuracy(caused), caused.length),
      judged("approval top cause, but for weekends", accuracy(telling), telling.length),
      judged("approval top cause, macro-F1", macroF1(verdicts), verdicts.length),
      judged(
        "approval cause where it was in time",
        share(inTime.filter(({ delay }) => delay.cause !== null).length, inTime.length),
        inTime.length,
      ),
      judged("baseline majority, accuracy", accuracy(guessed), verdicts.length),
      judged("baseline majority, macro-F1", macroF1(guessed), verdicts.length, { below: 0.45 }),
    ],
    byCode: [...new Set(verdicts.map(({ truth }) => truth))]
      .toSorted((one, other) => String(one).localeCompare(String(other), "en", { numeric: true }))
      .map((label) => scoreOf<string | null>(verdicts, label)),
    failures: verdicts.filter(({ truth, said }) => truth !== said),
  };
}
