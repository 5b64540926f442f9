import { ApprovalCauseCode } from "#/domain/approval-delay.ts";
import { CountersignError } from "#/domain/errors.ts";
import type { RecordKind } from "#/domain/operating-model.ts";
import type { WhatIfAnswer, WhatIfChange } from "#/domain/what-if.ts";
import { firmClock } from "../civil-time.ts";
import { cite, type Observed } from "../kpi/intake.ts";
import { observed } from "../observed.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import type { Alteration } from "./altered-path.ts";
import { approvalDelayOf } from "./approval-delay.ts";
import { type Effect, effectOn } from "./invoice-effect.ts";
import { heldMinutes, type InvoicePath, invoicePath, type Step } from "./invoice-path.ts";
import { marginWithOrder, reassigned } from "./project-effects.ts";
import { type CauseSettings, defaultCauseSettings } from "./settings.ts";
import { sourceGaps } from "./source-gaps.ts";
import { usualReview } from "./usual-review.ts";

const whatIfVersion = "what-if-1";
type Parts = Pick<WhatIfAnswer, "margins" | "utilisation"> & {
  readonly effects: readonly Effect[];
  readonly read: readonly Observed[];
  readonly gaps: readonly string[];
  readonly assumptions: readonly string[];
};
const nothing: Parts = {
  effects: [],
  margins: [],
  utilisation: [],
  read: [],
  gaps: [],
  assumptions: [],
};

/**
 * What one change would do to dates, cash, margin and utilisation. For an invoice that went out: had
 * it been so from the start. For one that waits: from now on. Throws UNKNOWN_INVOICE, or
 * INVALID_ARGUMENTS for another record that the view does not hold.
 */
export function whatIf(
  view: FirmView,
  change: WhatIfChange,
  settings: Pick<CauseSettings, "freshness"> = defaultCauseSettings,
): WhatIfAnswer {
  const parts = partsOf(view, change);
  return {
    change,
    asOf: view.asOf,
    invoices: parts.effects.map(({ effect }) => effect),
    margins: parts.margins,
    utilisation: parts.utilisation,
    assumptions: [
      ...new Set([...parts.assumptions, ...parts.effects.flatMap((one) => one.assumptions)]),
    ],
    gaps: [
      ...new Set([
        ...sourceGaps(view, settings.freshness, ["erp", "psa", "crm"]),
        ...parts.gaps,
        ...parts.effects.flatMap((one) => one.gaps),
      ]),
    ],
    evidence: cite([...parts.read, ...parts.effects.flatMap((one) => one.read)]),
    rulesVersion: whatIfVersion,
  };
}

function partsOf(view: FirmView, change: WhatIfChange): Parts {
  if (change.kind === "remove-cause") return removeCause(view, change);
  if (change.kind === "remove-days") return removeDays(view, change);
  if (change.kind === "accept-milestone") return acceptMilestone(view, change);
  if (change.kind === "approve-change-order") return approveChangeOrder(view, change);
  return reassign(view, change);
}

type Change<K extends WhatIfChange["kind"]> = Extract<WhatIfChange, { readonly kind: K }>;

function removeDays(view: FirmView, { invoiceId, days }: Change<"remove-days">): Parts {
  const path = invoicePath(view, invoiceOf(view, invoiceId));
  const less = Math.round(days * firmClock(view.calendar).dayMinutes);
  return { ...nothing, effects: [effectOn(view, path, { alteration: { less } })] };
}

function acceptMilestone(view: FirmView, { milestoneId, on }: Change<"accept-milestone">): Parts {
  const { id, source, fields } = recordOf(view, "milestone", milestoneId);
  const steps = ({ condition: { cause, record } }: Step) =>
    record.id === id && (cause === "INV-4" || cause === "INV-5");
  return {
    ...nothing,
    effects: billing(view, "milestoneId", id).map((path) =>
      effectOn(view, path, { alteration: { endsOn: { steps, on } } }),
    ),
    read: [
      observed(source, "deliveredOn", fields.deliveredOn),
      observed(source, "acceptedOn", fields.acceptedOn),
    ],
  };
}

function approveChangeOrder(
  view: FirmView,
  { changeOrderId, on }: Change<"approve-change-order">,
): Parts {
  const order = recordOf(view, "change-order", changeOrderId);
  const steps = ({ condition: { record } }: Step) => record.id === order.id;
  const project = view.get("project", order.fields.projectId);
  const margin = project && marginWithOrder(project, order);
  return {
    ...nothing,
    effects: billing(view, "changeOrderId", order.id).map((path) =>
      effectOn(view, path, { alteration: { endsOn: { steps, on } } }),
    ),
    margins: margin ? [margin.effect] : [],
    read: [observed(order.source, "state", order.fields.state), ...(margin?.read ?? [])],
    assumptions: ["An hour of the order costs what an hour of the project's plan costs."],
  };
}

function reassign(view: FirmView, change: Change<"reassign">): Parts {
  const project = recordOf(view, "project", change.projectId);
  const { margin, utilisation, gaps } = reassigned(view, project, change);
  return {
    ...nothing,
    margins: margin ? [margin.effect] : [],
    utilisation: utilisation.map(({ effect }) => effect),
    read: [...(margin?.read ?? []), ...utilisation.flatMap(({ read }) => read)],
    gaps,
    assumptions: ["Whoever takes over needs as many hours for it."],
  };
}

function removeCause(view: FirmView, change: Change<"remove-cause">): Parts {
  const path = invoicePath(view, invoiceOf(view, change.invoiceId));
  const { code, records } = change;
  const named = ({ condition }: Step) =>
    condition.cause === code && (!records || records.includes(condition.record.id));
  const held = (steps: readonly Step[]) =>
    steps.filter(named).reduce((sum, step) => sum + heldMinutes(view, step), 0);
  const isApprovals = ApprovalCauseCode.safeParse(code).success;
  const alteration: Alteration = {
    without: named,
    releaseLess: isApprovals
      ? approvalMinutes(view, path, code)
      : held(path.approvals) + held(path.transfers),
  };
  const found = code === "INV-12" || path.upstream.some(named) || (alteration.releaseLess ?? 0) > 0;
  return {
    ...nothing,
    effects: [effectOn(view, path, { alteration, offCycle: code === "INV-12" })],
    assumptions: found ? [] : [`${code} does not hold this invoice, so nothing moves.`],
  };
}

/** What one cause held the approvals of an invoice. Without a pile, a review takes its usual time. */
function approvalMinutes(view: FirmView, { approvals }: InvoicePath, code: string): number {
  return approvals.reduce((sum, { condition: { record } }) => {
    const holds = approvalDelayOf(view, record.id).holds.filter(({ cause }) => cause === code);
    const minutes = holds.reduce((total, hold) => total + hold.minutes, 0);
    const stays = code === "APR-2" ? usualReview(view, "invoice") : 0;
    return sum + Math.max(0, minutes - stays);
  }, 0);
}

/** The invoices with a line on that record. */
const billing = (
  view: FirmView,
  field: "milestoneId" | "changeOrderId",
  id: string,
): InvoicePath[] =>
  [...new Set(view.by("invoice-line", field, id).map(({ fields }) => fields.invoiceId))].flatMap(
    (invoiceId) => {
      const invoice = view.get("invoice", invoiceId);
      return invoice ? [invoicePath(view, invoice)] : [];
    },
  );

function invoiceOf(view: FirmView, id: string): TwinRecord<"invoice"> {
  const invoice = view.get("invoice", id);
  if (!invoice) throw new CountersignError("UNKNOWN_INVOICE", { invoice: id });
  return invoice;
}

function recordOf<K extends RecordKind>(view: FirmView, kind: K, id: string): TwinRecord<K> {
  const record = view.get(kind, id);
  if (record) return record;
  throw new CountersignError("INVALID_ARGUMENTS", { problems: `there is no ${kind} ${id}` });
}
