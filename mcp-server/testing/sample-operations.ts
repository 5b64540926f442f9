import { CountersignError } from "#/domain/errors.ts";
import type { OperationsServices } from "#/workflows/operations-services.ts";
import {
  accountRows,
  catalogue,
  invoice,
  kpiValues,
  paged,
  timelineOf,
  whatIf,
  whyInvoice,
} from "./sample-answers.ts";
import { fact, figure, fits, pictured, refTo, say, workingDays } from "./sample-picture.ts";
import { casesOf, projectPicture, rowOf } from "./sample-projects.ts";
import { type SampleNames, sampleShapes } from "./sample-shapes.ts";

/**
 * One believable firm behind the contract: a stale ERP, a project nobody can judge and one that is
 * reported green and is not. `projects` makes it larger; `names` puts a stranger's text into it.
 */
export function sampleOperations({
  names = {},
  projects = 4,
}: {
  names?: SampleNames;
  projects?: number;
} = {}): OperationsServices {
  const shapes = sampleShapes(names, projects);
  const find = (typed: string) => {
    const exact = shapes.filter(({ id }) => [id, `psa:project:${id}`].includes(typed));
    const found = exact.length
      ? exact
      : shapes.filter((s) => fits(typed, refTo("psa", "project", s.id), s.name, s.client));
    const [only] = found;
    if (!only) throw new CountersignError("UNKNOWN_PROJECT", { project: typed });
    if (found.length > 1)
      throw new CountersignError("AMBIGUOUS_NAME", {
        name: typed,
        candidates: found.map(({ id }) => id).join(", "),
      });
    return only;
  };
  const clientName = names.client ?? "Aurora Health";
  return {
    portfolio: async (_who, { rag, ...page }) => {
      const rows = shapes.filter((s) => !rag || s.rag === rag).map(rowOf);
      const counts = { green: 0, amber: 0, red: 0, unknown: 0 };
      for (const shape of shapes) counts[shape.rag] += 1;
      const cited = rows.flatMap((row) => row.valueAtRisk.evidence.slice(0, 1)).slice(0, 10);
      return pictured(
        [
          say(
            `${counts.red} red, ${counts.amber} amber, ${counts.unknown} unknown and ${counts.green} green of ${shapes.length} projects.`,
            ...cited,
          ),
          ...rows.slice(0, 3).flatMap((row) => row.reasons.slice(0, 1)),
        ],
        { counts, rows: paged(rows, page, 10) },
      );
    },
    project: async (_who, { project, full = false }) => projectPicture(find(project), full),
    cases: async (_who, { kind, project, ...page }) => {
      const wanted = project === undefined ? null : find(project);
      const all = shapes
        .filter((shape) => wanted === null || shape === wanted)
        .flatMap(casesOf)
        .filter((found) => kind === undefined || found.kind === kind);
      return pictured(
        all
          .slice(0, 3)
          .map((found) => say(`${found.title}.`, ...(found.causes[0]?.evidence ?? []))),
        { cases: paged(all, page, 10) },
      );
    },
    kpis: async () => catalogue,
    kpi: async (_who, { kpi, of, drill = false, ...page }) => {
      const known = catalogue.find((entry) => entry.kpi === kpi);
      if (!known)
        throw new CountersignError("INVALID_ARGUMENTS", {
          problems: `there is no KPI “${kpi}”; ask for the list of KPIs`,
        });
      const { value, parts } = kpiValues(known.kpi, known.title);
      const about = of === undefined ? "" : ` of ${of}`;
      const sentence =
        value.value === null
          ? say(
              `${value.label}${about} is unknown: ${value.reason}`,
              fact(invoice, "state", "draft"),
            )
          : say(`${value.label}${about} is ${value.text}.`, ...value.evidence);
      return pictured([sentence], { figure: value, parts: drill ? paged(parts, page, 10) : null });
    },
    why: async (_who, { of }) => {
      if (fits(of, invoice, "Aurora November")) return whyInvoice(clientName);
      const shape = find(of);
      const { project, name, rag, statements } = projectPicture(shape, true);
      return pictured(statements, {
        subject: project,
        title: name,
        status: rag,
        causes: projectPicture(shape, true).slippage.slice(0, -1),
        unexplained: workingDays(["unexplained", "Unexplained"], 1, statements[0]?.evidence ?? []),
      });
    },
    processes: async (_who, { process }) => {
      const queue = fact(refTo("erp", "queue", "invoice-approval"), "waiting", 7);
      const held = fact(refTo("erp", "queue", "invoice-approval"), "waitingWith.mara", 5);
      const bottleneck = say(
        "Mara Silva holds 5 of 7 invoices that wait for approval.",
        queue,
        held,
      );
      const lines = [
        {
          process: "invoice-approval",
          figures: [
            workingDays(["p50", "Half are done within"], 1.5, [queue]),
            workingDays(["p90", "Nine in ten within"], 6, [queue]),
            figure("queue", "Waiting now", {
              value: 7,
              unit: "items",
              text: "7",
              evidence: [queue],
            }),
          ],
          bottleneck,
        },
        {
          process: "timesheet-approval",
          figures: [workingDays(["p50", "Half are done within"], 0.5, [queue])],
          bottleneck: null,
        },
      ];
      const processes = lines.filter((line) => process === undefined || line.process === process);
      return pictured(
        processes.flatMap((line) => line.bottleneck ?? []),
        { processes },
      );
    },
    forecast: async (_who, { of }) => {
      const subject = fits(of, invoice) ? invoice : refTo("psa", "project", find(of).id);
      const issued = fact(invoice, "termDays", 30);
      const date = figure("cash-date", "Paid", {
        value: "2027-01-08",
        unit: "date",
        text: "2027-01-08",
        range: ["2026-12-18", "2027-01-29"],
        evidence: [issued],
      });
      const said = `Invoice INV-1042 is expected to bring its money on 2027-01-08, with 80 % between 2026-12-18 and 2027-01-29.`;
      return pictured([say(said, issued)], { subject, figures: [date] });
    },
    whatIf: async (_who, query) => whatIf(query),
    accounts: async (_who, { withinDays = 120, ...page }) => {
      const rows = accountRows(clientName).filter(
        ({ daysToRenewal }) => daysToRenewal === null || daysToRenewal <= withinDays,
      );
      return pictured(
        rows.flatMap(({ drivers }) => drivers.slice(0, 1)),
        { accounts: paged(rows, page, 10) },
      );
    },
    timeline: async (_who, { of, ...page }) => {
      if (!fits(of, invoice, clientName)) find(of);
      return timelineOf(page);
    },
  };
}
