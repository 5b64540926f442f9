import type { ApprovalOutcome, HoldUpSpan } from "./approval.ts";
import type { Moment } from "./calendar.ts";
import type { Cast } from "./cast.ts";
import { runWithout } from "./counterfactual.ts";
import type { SimulatedInvoice, WaitKind } from "./invoice.ts";
import { attribute, daysWithout, windowOf } from "./invoice-delay.ts";
import type { SimulatedNote } from "./notes.ts";
import type { SimulationOptions } from "./options.ts";
import { marginOf } from "./project-margin.ts";
import { staffingRequestId } from "./record-ids.ts";
import { type FirmRun, type ProjectRun, runFirm } from "./run-firm.ts";
import { scenarioTruth, type Touch, touches } from "./scenario-truth.ts";
import { approvalCodes, invoiceCodes } from "./truth-catalogue.ts";
import type {
  ApprovalTruth,
  FirmTruth,
  InvoiceCauseTruth,
  InvoiceTruth,
  NoteTruth,
  ProjectTruth,
  TruthInterval,
} from "./truth-types.ts";

const lateAfter = 5;

/** Plays the firm again and tells why everything was as it was. Throws RangeError on bad options. */
export const firmTruth = (options: SimulationOptions): FirmTruth => truthOfRun(runFirm(options));

/** The truth of a firm that was played already. */
export function truthOfRun(run: FirmRun): FirmTruth {
  const { cast, projects } = run;
  const { now } = cast.setting;
  const invoices = projects.flatMap((project) =>
    project.invoices
      .filter(({ draftedAt }) => draftedAt <= now)
      .map((invoice) => invoiceTruth(cast, invoice)),
  );
  const approvals = [...projects.flatMap((project) => project.approvals), ...run.purchases]
    .filter(({ request }) => request.requestedAt <= now)
    .map((outcome) => approvalTruth(cast, outcome));
  const touching = touches(run);
  return {
    invoices,
    approvals: [...approvals, ...outlived(cast)],
    projects: projects
      .filter(({ plan }) => plan.start <= cast.setting.today)
      .map((project) => projectTruth(cast, project, touching)),
    notes: projects.flatMap((project) => project.notes.map(noteTruth)),
    scenarios: cast.circumstances.all.map((change) => scenarioTruth(run, change, touching)),
    without: (id) => runWithout(run, id),
  };
}

export function invoiceTruth(
  { setting: { calendar, now } }: Cast,
  invoice: SimulatedInvoice,
): InvoiceTruth {
  const window = windowOf(invoice, now);
  const windowDays = calendar.between(...window);
  const late = windowDays > lateAfter;
  const { shares, unexplained } = attribute(calendar, invoice.waits, window);
  const causes = late
    ? shares
        .filter(({ total }) => total >= 1)
        .map(
          ({ what, total, sole, shared }): InvoiceCauseTruth => ({
            code: invoiceCodes[what],
            days: total,
            soleDays: sole,
            sharedDays: shared,
            savedDays: daysWithout(calendar, invoice, what),
            open: invoice.waits.some(
              (wait) => wait.what === what && wait.from <= now && wait.to > now,
            ),
            intervals: intervalsOf(calendar, invoice, what),
          }),
        )
    : [];
  return {
    invoiceId: invoice.id,
    projectId: invoice.projectId,
    billing: invoice.billing,
    netCents: invoice.netCents,
    clockStart: calendar.instant(invoice.clock),
    issuedAt: calendar.instant(invoice.issuedAt),
    paidAt: calendar.instant(invoice.paidAt),
    issuedByAnchor: invoice.issuedAt <= now,
    windowDays,
    late,
    causes,
    topCause: causes[0]?.code ?? null,
    unexplainedDays: unexplained,
  };
}

function intervalsOf(
  calendar: Cast["setting"]["calendar"],
  { waits }: SimulatedInvoice,
  what: WaitKind,
): TruthInterval[] {
  return waits
    .filter((wait) => wait.what === what)
    .map(({ record, from, to, source }) => ({
      recordType: record.type,
      recordId: record.id,
      from: calendar.instant(from),
      to: calendar.instant(to),
      interventionId: source,
    }));
}

function approvalTruth(
  { setting: { calendar, now } }: Cast,
  { request, decidedAt, spans }: ApprovalOutcome,
): ApprovalTruth {
  const end = Math.min(decidedAt, now);
  const waitDays = calendar.between(request.requestedAt, end);
  const calendarDays = (end - request.requestedAt) / 1440;
  const late = waitDays > 2 || calendarDays > 3;
  const held = spans.flatMap((span) => heldBy(calendar, span, now));
  const [most] = held.toSorted((one, other) => other.days - one.days);
  // A weekend or a holiday explains it where working time was short.
  const cause = !late
    ? null
    : waitDays <= 2
      ? "APR-8"
      : most && most.days >= waitDays * 0.4
        ? most.code
        : null;
  return {
    approvalId: request.id,
    kind: request.kind,
    projectId: request.projectId,
    requestedAt: calendar.instant(request.requestedAt),
    decidedAt: calendar.instant(decidedAt),
    waitDays,
    late,
    cause,
    spans: held,
  };
}

function heldBy(
  calendar: Cast["setting"]["calendar"],
  { what, from, to, source }: HoldUpSpan,
  now: Moment,
): ApprovalTruth["spans"][number][] {
  if (from >= now) return [];
  const end = Math.min(to, now);
  return [
    {
      code: approvalCodes[what],
      days: calendar.between(from, end),
      from: calendar.instant(from),
      to: calendar.instant(end),
      interventionId: source,
    },
  ];
}

function outlived({ setting: { calendar, now }, circumstances }: Cast): ApprovalTruth[] {
  return circumstances.all
    .filter(({ kind, from }) => kind === "request-outlived" && from * 1440 + 720 < now)
    .map(({ id, entityId, from, strength }) => {
      const asked = calendar.add(from * 1440 + 600, 0.2) + 5;
      const end = calendar.add(asked - 5, strength);
      const days = calendar.between(asked, Math.min(end, now));
      return {
        approvalId: `AP-${staffingRequestId(entityId, "surplus")}`,
        kind: "purchase",
        projectId: entityId,
        requestedAt: calendar.instant(asked),
        decidedAt: calendar.instant(end),
        waitDays: days,
        late: days > 2,
        cause: days > 2 ? approvalCodes.outlived : null,
        spans: [
          {
            code: approvalCodes.outlived,
            days,
            from: calendar.instant(asked),
            to: calendar.instant(Math.min(end, now)),
            interventionId: id,
          },
        ],
      };
    });
}

const slipCodes: Readonly<Record<string, string>> = {
  "key-person-rolls-off": "SLP-2",
  "client-input-late": "SLP-3",
  "technical-block": "SLP-8",
  "late-signature": "SLP-10",
  effort: "SLP-7",
};

function projectTruth(
  { setting: { calendar, today } }: Cast,
  run: ProjectRun,
  touching: ReadonlyMap<string, Touch>,
): ProjectTruth {
  const { plan, delivery } = run;
  const interventionIds = [...touching]
    .filter(([, { projectIds, harmful }]) => harmful && projectIds.has(plan.id))
    .map(([id]) => id);
  return {
    projectId: plan.id,
    effortRatio: delivery.effortRatio,
    lateness: delivery.lateness,
    marginAtSale: plan.marginAtSale,
    marginAtEnd: marginOf(run),
    slips: delivery.slips.map(({ kind, from, businessDays, source }) => ({
      code: slipCodes[kind] ?? "none",
      from: calendar.date(from),
      days: businessDays,
      interventionId: source,
    })),
    states: run.states
      .filter(({ day }) => day <= today)
      .map(({ day, complete, burn, slip, level }) => ({
        on: calendar.date(day),
        complete,
        burn,
        slipDays: slip,
        level,
      })),
    clean: interventionIds.length === 0,
    interventionIds,
  };
}

const noteTruth = ({ id, projectId, marks, traits, sources }: SimulatedNote): NoteTruth => {
  const labels = [
    ...new Set(marks.filter(({ polarity }) => polarity === "present").map(({ label }) => label)),
  ];
  return {
    noteId: id,
    projectId,
    labels: labels.length > 0 ? labels : ["NONE"],
    marks,
    traits,
    interventionIds: sources,
  };
};
