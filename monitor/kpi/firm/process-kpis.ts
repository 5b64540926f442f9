import { dateIn } from "../../clocks/civil-days.ts";
import { fieldsOf, restingOn } from "../../portfolio/basis.ts";
import { contextOf } from "../../portfolio/firm-context.ts";
import type { FirmView, TwinRecord } from "../../twin/firm-view.ts";
import { type KickoffCycle, type KickoffPath, kickoffCycle } from "../kickoff-cycle.ts";
import type { Kpi } from "../kpi.ts";
import { type DueMilestone, onTimeMilestones } from "../on-time-milestones.ts";
import {
  exceptionRate,
  type ProcessCase,
  type ProcessStep,
  processLatency,
} from "../process-performance.ts";
import {
  type FirmKpi,
  firmKpi,
  type KpiPart,
  type Part,
  type Question,
  type ScopeKind,
} from "./firm-kpi.ts";
import { placed, projectsIn, recordsIn } from "./selection.ts";

const scopes: readonly ScopeKind[] = ["firm", "client", "project"];

/** When a record first had this value in a field; null: it never had. */
function since(view: FirmView, record: TwinRecord<"opportunity">, stage: string): string | null {
  return (
    view.history("opportunity", record.id).find(({ attributes }) => attributes["stage"] === stage)
      ?.occurredAt ?? null
  );
}

/** Projects whose deal was won inside the period, or whose kickoff is still to come. */
function pathsIn({ view, scope, period }: Question): Part<KickoffPath>[] {
  return projectsIn(view, scope, "all").flatMap((project): Part<KickoffPath>[] => {
    const { opportunityId, kickoffOn } = project.fields;
    const deal = opportunityId === null ? null : view.get("opportunity", opportunityId);
    const wonAt = deal && since(view, deal, "won");
    if (!deal || wonAt === null) return [];
    const wonOn = dateIn(view.calendar.zone, wonAt);
    if (wonOn < period.from || wonOn > period.to) return [];
    const steps = view.history("project", project.id);
    const seats = view.by("assignment", "projectId", project.id);
    const firstSeat = seats
      .flatMap(({ id }) => view.history("assignment", id)[0]?.occurredAt ?? [])
      .toSorted()
      .at(-1);
    return [
      placed(
        view,
        { record: project, projectId: project.id, title: project.fields.name },
        {
          fact: {
            source: project.source,
            wonAt,
            handedOverAt: steps[0]?.occurredAt ?? null,
            staffedAt: firstSeat ?? null,
            kickoffAt:
              steps.find(({ attributes }) => attributes["kickoffOn"] != null)?.occurredAt ?? null,
          },
          basis: [
            ...fieldsOf(deal, "stage", "closeOn"),
            ...fieldsOf(project, "opportunityId", "kickoffOn", "status"),
          ],
        },
      ),
    ].filter(
      () =>
        kickoffOn !== null ||
        project.fields.status === "proposed" ||
        project.fields.status === "active",
    );
  });
}

const kickoff = (kpi: string, title: string, read: (cycle: KickoffCycle) => Kpi): FirmKpi =>
  firmKpi<KickoffPath>({
    kpi,
    title,
    unit: "business days",
    meaning:
      "From the won deal to the kickoff, and its stretches; what has not happened counts so far.",
    sourceNote: "Compare with the firm's own baseline.",
    scopes,
    days: 180,
    additive: false,
    systems: ["crm", "psa"],
    parts: pathsIn,
    formula: (paths, context) => read(kickoffCycle(paths, context)),
  });

/** Invoices drafted inside the period, and how often each was stopped. */
function casesIn({ view, scope, period }: Question): Part<ProcessCase>[] {
  return recordsIn(view, "invoice", scope)
    .filter(({ fields }) => fields.draftedOn >= period.from && fields.draftedOn <= period.to)
    .map((invoice) =>
      placed(
        view,
        {
          record: invoice,
          projectId: invoice.fields.projectId,
          title: invoice.fields.number ?? invoice.fields.reference,
        },
        {
          fact: {
            source: invoice.source,
            exceptions: exceptionsOf(view, invoice),
            resubmissions: null,
          },
          basis: fieldsOf(
            invoice,
            "draftedOn",
            "state",
            "validationError",
            "holdReason",
            "ledgerState",
          ),
        },
      ),
    );
}

/** Each time a check failed, somebody held it, or the transfer failed. */
const exceptionsOf = (view: FirmView, { id }: TwinRecord<"invoice">): number =>
  view
    .history("invoice", id)
    .filter(
      ({ attributes }) =>
        attributes["validationError"] != null ||
        attributes["holdReason"] != null ||
        attributes["ledgerState"] === "failed",
    ).length;

/** The steps of every invoice drafted inside the period, as its system told them. */
function stepsIn(question: Question): Part<readonly ProcessStep[]>[] {
  const { view, scope, period } = question;
  return recordsIn(view, "invoice", scope)
    .filter(({ fields }) => fields.draftedOn >= period.from && fields.draftedOn <= period.to)
    .map((invoice) =>
      placed(
        view,
        {
          record: invoice,
          projectId: invoice.fields.projectId,
          title: invoice.fields.number ?? invoice.fields.reference,
        },
        {
          fact: view.history("invoice", invoice.id).map(({ type, occurredAt }) => ({
            source: invoice.source,
            caseId: invoice.id,
            activity: type,
            at: occurredAt,
          })),
          basis: fieldsOf(invoice, "draftedOn", "state", "issuedOn"),
        },
      ),
    );
}

const settled =
  (view: FirmView) =>
  (caseId: string): boolean =>
    view.get("invoice", caseId)?.fields.state !== "paid";

/** One step to the next: the median of each edge of the invoice process. */
function edgesOf(question: Question): readonly KpiPart[] {
  const { view } = question;
  const parts = stepsIn(question);
  const basis = parts.flatMap((part) => part.basis);
  const source = parts[0]?.fact[0]?.source;
  if (!source) return [];
  const { edges } = processLatency(
    { source, items: parts.flatMap(({ fact }) => fact) },
    { isOpen: settled(view) },
    contextOf(view),
  );
  return edges.map(({ from, to, latency }) => ({
    of: { system: "erp", type: "process-edge", id: `${from}>${to}` },
    title: `${from} to ${to}`,
    scope: null,
    kpi: { ...restingOn(latency.p50, basis), kpi: "process-latency" },
  }));
}

const invoiceWay = firmKpi<readonly ProcessStep[]>({
  kpi: "process-latency",
  title: "Invoice process, step to step",
  unit: "business days",
  meaning: "Median business time from one step of an invoice to the next; its parts are the edges.",
  sourceNote: "Measured on the firm's own events.",
  scopes,
  days: 90,
  additive: false,
  systems: ["erp"],
  parts: stepsIn,
  formula: (facts, context) => {
    const latency = processLatency(
      facts && {
        source: facts.source,
        // All edges as one: every step leads to "next".
        items: facts.items.flatMap((steps) => steps.map((step) => ({ ...step, activity: "step" }))),
      },
      { isOpen: () => false },
      context,
    ).edges[0]?.latency.p50;
    return latency ?? emptyLatency(facts === null, context.asOf);
  },
});

const emptyLatency = (unread: boolean, asOf: string): Kpi => ({
  kpi: "process-latency",
  value: null,
  unit: "business days",
  currency: null,
  numerator: null,
  denominator: null,
  asOf,
  coverage: { present: 0, required: 1 },
  inputs: [],
  reason: unread ? "missing-input" : "none-found",
  notes: [],
});

export const processKpis: readonly FirmKpi[] = [
  kickoff("kickoff-cycle", "Kickoff cycle time, median", ({ total }) => total.p50),
  kickoff("kickoff-cycle-p90", "Kickoff cycle time, 90th percentile", ({ total }) => total.p90),
  kickoff("kickoff-handoff", "Won deal to project, median", ({ handoff }) => handoff.p50),
  kickoff("kickoff-staffing", "Project to staffed, median", ({ staffing }) => staffing.p50),
  kickoff("kickoff-client-date", "Staffed to kickoff, median", ({ clientDate }) => clientDate.p50),
  firmKpi<ProcessCase>({
    kpi: "exception-rate",
    title: "Invoices with an exception",
    unit: "percent",
    meaning:
      "Invoices that a check, a hold or a failed transfer stopped at least once, of all drafted.",
    sourceNote: "Compare with the firm's own past.",
    scopes,
    days: 90,
    additive: true,
    systems: ["erp"],
    parts: casesIn,
    formula: exceptionRate,
  }),
  { ...invoiceWay, drill: edgesOf },
  firmKpi<DueMilestone>({
    kpi: "on-time-milestones",
    title: "Milestones on time",
    unit: "percent",
    meaning:
      "Contractual milestones accepted by their due day, of those due; an open one counts as late.",
    sourceNote: "73.8 % of projects on time (2025) is a second-hand figure; bands are a judgement.",
    scopes,
    days: 90,
    additive: true,
    systems: ["psa"],
    parts: ({ view, scope }) =>
      recordsIn(view, "milestone", scope)
        .filter(({ fields }) => fields.contractual)
        .map((milestone) =>
          placed(
            view,
            {
              record: milestone,
              projectId: milestone.fields.projectId,
              title: milestone.fields.name,
            },
            {
              fact: {
                source: milestone.source,
                due: milestone.fields.due ?? milestone.fields.baselineOn,
                acceptedOn: milestone.fields.acceptedOn,
              },
              basis: fieldsOf(milestone, "due", "baselineOn", "acceptedOn"),
            },
          ),
        ),
    formula: (milestones, context, period) => onTimeMilestones(milestones, period, context),
  }),
];
