import type { ApprovalCauseCode } from "#/domain/approval-delay.ts";
import { plainText } from "#/domain/plain-text.ts";
import type { Observed } from "../kpi/intake.ts";
import { observed } from "../observed.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";

/** What held one request up, and when. Half open; `to` is the end of the wait while it still holds. */
export type Hold = {
  readonly cause: ApprovalCauseCode;
  readonly detail: string;
  readonly from: string;
  readonly to: string;
  readonly inferred: boolean;
  readonly evidence: readonly Observed[];
};

export const nameOf = (view: FirmView, personId: string | null): string =>
  plainText(view.get("person", personId ?? "")?.fields.name ?? personId ?? "nobody", 80);

export const requested = ({ source, fields }: TwinRecord<"approval">): Observed =>
  observed(source, "requestedAt", fields.requestedAt);
