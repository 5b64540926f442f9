import type { RecordKind } from "#/domain/operating-model.ts";
import { detect } from "#/monitor/detect/detect.ts";
import type { Observed } from "#/monitor/kpi/intake.ts";
import { listed } from "#/monitor/portfolio/basis.ts";
import { predictReport } from "#/monitor/predict/process-report.ts";
import type { ForecastModels } from "#/monitor/predict/train-forecasts.ts";
import type { FirmView } from "#/monitor/twin/firm-view.ts";
import type { Figure, Picture, ProcessLine, Statement } from "../operations-services.ts";
import { createCitations, rounded } from "./figures.ts";
import type { FirmNow } from "./firm-picture.ts";
import { pictureOf } from "./sources.ts";

type Processes = Picture & { readonly processes: readonly ProcessLine[] };
type Reported = ReturnType<typeof predictReport>["processes"][number];

/** How each process runs: how long it takes, what is open, how good its forecasts are, who is the bottleneck. */
export function processesAnswer(
  firm: FirmNow,
  { process }: { readonly process?: string },
  models: ForecastModels,
): Processes {
  const { view } = firm;
  const citations = createCitations();
  const wanted = process?.trim().toLowerCase();
  const report = predictReport(models).processes.filter(
    (each) =>
      wanted === undefined ||
      each.process.includes(wanted) ||
      each.title.toLowerCase().includes(wanted),
  );
  const bottlenecks = detect(view, { projectIds: "all" }).findings.filter(
    ({ kind }) => kind === "approver-bottleneck",
  );
  const stuck: Statement[] = bottlenecks.map((finding) => ({
    text: `Bottleneck: ${finding.title}.`,
    evidence: citations.add(finding.evidence.slice(0, 6)),
  }));
  const processes = report.map(
    (each): ProcessLine => ({
      process: each.title,
      figures: figuresOf(each, view.asOf, citations.of(casesOf(view, each.process))),
      bottleneck: each.process.startsWith("approval") ? (stuck[0] ?? null) : null,
    }),
  );
  const statements: Statement[] = [
    ...stuck.slice(0, 3),
    ...report
      .filter(({ p50 }) => p50 !== null)
      .slice(0, 8)
      .map((each) => ({
        text: sentenceOf(each),
        evidence: citations.of(casesOf(view, each.process)),
      })),
  ];
  return { ...pictureOf(firm, { statements, evidence: citations.all() }), processes };
}

/** By which field the records of a process are counted, and which of its values belong to it. */
const sorts: Readonly<Record<Reported["process"], Sort>> = {
  "approval-timesheet": ["approval", "kind", ["timesheet"]],
  "approval-invoice": ["approval", "kind", ["invoice"]],
  "approval-change_order": ["approval", "kind", ["change_order"]],
  "approval-expense": ["approval", "kind", ["expense"]],
  "approval-purchase": ["approval", "kind", ["purchase"]],
  "approval-discount": ["approval", "kind", ["discount"]],
  "timesheet-approval": ["timesheet-week", "state", ["submitted", "approved"]],
  "milestone-acceptance": ["milestone", "contractual", ["true"]],
  "invoice-issue": ["invoice", "state", ["draft", "approved", "issued", "paid"]],
  "invoice-payment": ["invoice", "state", ["issued", "paid"]],
  "change-order-decision": ["change-order", "state", ["proposed", "client_review", "approved"]],
  "project-kickoff": ["opportunity", "stage", ["won"]],
};
type Sort = readonly [kind: RecordKind, field: string, values: readonly string[]];

/** How many records of each sort a process was learnt from: enough to look them up. */
const casesOf = (view: FirmView, process: Reported["process"]): Observed[] => {
  const [kind, field, values] = sorts[process];
  return values.map((value) => listed(view, kind, [field as never, value]).count);
};

const sentenceOf = ({ title, unit, ended, open, p50, p90 }: Reported): string =>
  `${title}: half are done within ${rounded(p50 ?? 0, 1)} ${unit}, nine in ten within ${rounded(p90 ?? 0, 1)} (${ended} ended, ${open} open).`;

function figuresOf(each: Reported, asOf: string, evidence: Figure["evidence"]): Figure[] {
  const figure = (name: string, label: string, value: number | null, unit: string): Figure => ({
    name,
    label,
    value,
    unit,
    currency: null,
    text: value === null ? "unknown" : `${rounded(value, 1)}${unit === "" ? "" : ` ${unit}`}`,
    reason: value === null ? (each.abstains ?? "Nothing of it has ended.") : null,
    range: null,
    coverage: null,
    asOf,
    evidence,
  });
  const { measured } = each;
  return [
    figure("ended", "Ended", each.ended, ""),
    figure("open", "Open", each.open, ""),
    figure("p50", "Half are done within", each.p50, each.unit),
    figure("p90", "Nine in ten are done within", each.p90, each.unit),
    figure("forecast-error", "Mean error of its forecasts", measured?.meanDays ?? null, each.unit),
    figure(
      "range-coverage",
      "Share inside the 80 % range",
      measured?.coverage == null ? null : measured.coverage * 100,
      "%",
    ),
  ];
}
