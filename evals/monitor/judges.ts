import type { EvalFirm } from "./eval-firm.ts";
import { judgeDetection } from "./judge-detection.ts";
import { judgeForecasts } from "./judge-forecasts.ts";
import { judgeInvoiceCauses } from "./judge-invoice-causes.ts";
import type { CountedRow } from "./seed-table.ts";

export type Judgement = {
  readonly rows: readonly CountedRow[];
  /** Whatever helps to find out why; for machines. */
  readonly detail: unknown;
};

/** Each judge looks at one firm. The order is that of the table. */
export const judges: readonly {
  readonly stage: string;
  readonly judge: (firm: EvalFirm) => Judgement;
}[] = [
  { stage: "detection", judge: (firm) => withDetail(judgeDetection(firm)) },
  { stage: "invoice causes", judge: (firm) => withDetail(judgeInvoiceCauses(firm)) },
  { stage: "forecasts", judge: (firm) => ({ rows: judgeForecasts(firm), detail: null }) },
];

const withDetail = ({ rows, ...detail }: { readonly rows: readonly CountedRow[] }): Judgement => ({
  rows,
  detail,
});
