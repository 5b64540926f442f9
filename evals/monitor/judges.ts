import type { EvalFirm } from "./eval-firm.ts";
import { judgeApprovalCauses } from "./judge-approval-causes.ts";
import { judgeDetection } from "./judge-detection.ts";
import { judgeForecasts } from "./judge-forecasts.ts";
import { judgeHealth } from "./judge-health.ts";
import { judgeInvoiceCauses } from "./judge-invoice-causes.ts";
import { judgeMargin } from "./judge-margin.ts";
import { judgeSlippage } from "./judge-slippage.ts";
import { judgeWhatIf } from "./judge-what-if.ts";
import { judged, share } from "./judged.ts";
import type { CountedRow } from "./seed-table.ts";

export type Judgement = {
  readonly rows: readonly CountedRow[];
  /** Whatever helps to find out why; for machines. */
  readonly detail: unknown;
};

type Judge = { readonly stage: string; readonly judge: (firm: EvalFirm) => Judgement };

/** Each judge looks at one firm. The order is that of the table. */
export const judges: readonly Judge[] = [
  { stage: "health", judge: health },
  { stage: "detection", judge: (firm) => withDetail(judgeDetection(firm)) },
  { stage: "invoice causes", judge: (firm) => withDetail(judgeInvoiceCauses(firm)) },
  { stage: "approval causes", judge: (firm) => withDetail(judgeApprovalCauses(firm)) },
  { stage: "what-if", judge: (firm) => withDetail(judgeWhatIf(firm)) },
  { stage: "margin", judge: (firm) => ({ rows: judgeMargin(firm), detail: null }) },
  { stage: "slippage", judge: (firm) => ({ rows: judgeSlippage(firm), detail: null }) },
  { stage: "forecasts", judge: (firm) => ({ rows: judgeForecasts(firm), detail: null }) },
];

const withDetail = ({ rows, ...detail }: { readonly rows: readonly CountedRow[] }): Judgement => ({
  rows,
  detail,
});

/** Every rule, dimension and colour against an oracle that was written from the rules' text alone. */
function health(firm: EvalFirm): Judgement {
  const verdict = judgeHealth(firm);
  const { agreed, compared } = verdict;
  return {
    rows: [
      {
        ...judged("health equals the rule oracle", share(agreed, compared), compared, {
          atLeast: 1,
        }),
        counts: { part: agreed, whole: compared },
      },
    ],
    detail: { ...verdict, disagreements: verdict.disagreements.slice(0, 50) },
  };
}
