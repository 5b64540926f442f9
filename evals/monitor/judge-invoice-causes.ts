import type { FirmInvoiceDelay } from "#/domain/assessment.ts";
import { invoiceDelayOf } from "#/monitor/causes/invoice-delay.ts";
import type { InvoiceTruth } from "#/sandbox/simulator/truth-types.ts";
import type { EvalFirm } from "./eval-firm.ts";
import {
  type ClassScore,
  type Judged,
  judged,
  macroF1,
  majority,
  mean,
  scoreOf,
  share,
  type Verdict,
} from "./judged.ts";

export type InvoiceCausesJudged = {
  readonly rows: readonly Judged[];
  readonly byCode: readonly (ClassScore & { readonly daysError: number | null })[];
  /** Whatever was judged wrongly, largest invoices' delays first; for people. */
  readonly failures: readonly {
    readonly invoiceId: string;
    readonly truth: string;
    readonly said: string;
  }[];
};

/** A cause counts from one full business day on, as the truth counts it. */
const countsFromDays = 1;

/** Why every drafted invoice is late, asked at the anchor, against what was really so. */
export function judgeInvoiceCauses(firm: EvalFirm): InvoiceCausesJudged {
  const cases = firm.truth.invoices.flatMap((truth) =>
    firm.now.get("invoice", truth.invoiceId)
      ? [{ truth, delay: invoiceDelayOf(firm.now, truth.invoiceId) }]
      : [],
  );
  const judgedCases = cases.map((one) => ({ ...one, said: saidOf(one.delay) }));
  const late = judgedCases.filter(({ truth }) => truth.late && truth.topCause !== null);
  const clean = judgedCases.filter(({ truth }) => !truth.late);
  const top = late.map(({ truth, said }) => ({
    truth: truth.topCause,
    said: said[0]?.code ?? null,
  }));
  const sets = judgedCases.filter(({ truth }) => truth.late);
  const matched = sets.flatMap(({ truth, said }) =>
    truth.causes.flatMap(({ code, days }) => {
      const own = said.find((cause) => cause.code === code);
      return own ? [{ code, error: Math.abs(own.days - days) }] : [];
    }),
  );
  const real = sets.reduce((sum, { truth }) => sum + truth.causes.length, 0);
  const named = sets.reduce((sum, { said }) => sum + said.length, 0);
  const open = late.filter(({ truth }) => !truth.issuedByAnchor);
  const rightOf = (list: typeof late) =>
    list.filter(({ truth, said }) => said[0]?.code === truth.topCause).length;
  const guess = (by: (truth: InvoiceTruth) => string): number | null =>
    macroF1(
      late.map(({ truth }): Verdict<string | null> => ({ truth: truth.topCause, said: by(truth) })),
    );
  const commonest = majority(late.map(({ truth }) => truth.topCause)) ?? "";
  const guesses = {
    majority: guess(() => commonest),
    "always INV-1": guess(() => "INV-1"),
    "keywords in notes and comments": guess(keywords(firm)),
  };
  return {
    rows: [
      judged("invoice top cause", share(rightOf(late), late.length), late.length, {
        atLeast: 0.95,
      }),
      judged("invoice top cause, still open", share(rightOf(open), open.length), open.length),
      judged("invoice top cause, macro-F1", macroF1(top), late.length),
      judged("invoice causes, set precision", share(matched.length, named), named),
      judged("invoice causes, set recall", share(matched.length, real), real),
      judged("invoice causes, set F1", share(2 * matched.length, real + named), sets.length, {
        atLeast: 0.9,
      }),
      judged("invoice causes, days MAE", mean(matched.map(({ error }) => error)), matched.length, {
        atMost: 1.5,
      }),
      judged(
        "invoice cause where it was in time",
        share(clean.filter(({ said }) => said.length > 0).length, clean.length),
        clean.length,
        { atMost: 0.02 },
      ),
      ...Object.entries(guesses).map(([name, value]) =>
        judged(`baseline ${name}, macro-F1`, value, late.length, { below: 0.45 }),
      ),
    ],
    byCode: [...new Set(top.map(({ truth }) => truth))].toSorted(byCode).map((code) => ({
      ...scoreOf<string | null>(top, code),
      daysError: mean(matched.filter((one) => one.code === code).map(({ error }) => error)),
    })),
    failures: judgedCases.flatMap(({ truth, said }) => {
      const were = truth.causes.map(textOf).join(" ");
      const told = said.map(textOf).join(" ");
      const same =
        truth.topCause === (said[0]?.code ?? null) && truth.causes.length === said.length;
      return same ? [] : [{ invoiceId: truth.invoiceId, truth: were, said: told }];
    }),
  };
}

const byCode = (one: string | null, other: string | null): number =>
  String(one).localeCompare(String(other), "en", { numeric: true });

const saidOf = (delay: FirmInvoiceDelay): { code: string; days: number }[] =>
  delay.causes
    .map(({ code, totalMinutes }) => ({ code, days: totalMinutes / delay.minutesPerDay }))
    .filter(({ days }) => days >= countsFromDays);

const textOf = ({ code, days }: { readonly code: string; readonly days: number }): string =>
  `${code}:${days.toFixed(1)}`;

const words: readonly (readonly [RegExp, string])[] = [
  [/order number|no order/i, "INV-6"],
  [/hours of|bill.*(stuck|questions)|holds the payment|accounts payable/i, "INV-10"],
  [/sign off|acceptance|user test/i, "INV-4"],
  [/extra|wishes|small extra/i, "INV-3"],
  [/approved|queue|legal|steering/i, "INV-8"],
  [/slides|behind|pushed/i, "INV-5"],
];

/** Reads the latest notes of the project and the comments on its approvals for telling words. */
function keywords({ now }: EvalFirm): (truth: InvoiceTruth) => string {
  return ({ projectId }) => {
    const notes = now.by("note", "projectId", projectId).map(({ fields }) => fields.text);
    const comments = now
      .by("approval", "projectId", projectId)
      .flatMap(({ id }) => now.by("approval-comment", "approvalId", id))
      .map(({ fields }) => fields.text);
    const text = [...notes.slice(-12), ...comments.slice(-12)].join("\n");
    return words.find(([pattern]) => pattern.test(text))?.[1] ?? "INV-1";
  };
}
