import { formatRef } from "#/domain/record.ts";
import type { OperationsServices } from "#/workflows/operations-services.ts";
import type { Presented } from "./present-invoice.ts";
import {
  brief,
  cause,
  depthOf,
  figure,
  figureText,
  pageFacts,
  pictured,
  sentence,
  statement,
} from "./present-picture.ts";
import { inline } from "./wire-text.ts";

type Answer<Name extends keyof OperationsServices> = Awaited<ReturnType<OperationsServices[Name]>>;

export function presentKpis(found: Answer<"kpis">): Presented {
  const kpis = found.map(({ kpi, title, unit, scopes, meaning }) => ({
    kpi,
    title,
    unit,
    scopes,
    meaning,
  }));
  const lines = kpis.map(
    (each) => `- ${each.kpi} (${each.unit}; ${each.scopes.join(", ")}): ${each.meaning}`,
  );
  return {
    facts: { kpis, total: kpis.length },
    text: [`${kpis.length} KPIs. Get one with kpi_get.`, ...lines].join("\n"),
  };
}

export function presentKpi(found: Answer<"kpi">): Presented {
  const { parts } = found;
  return pictured(
    found,
    {
      figure: figure(found.figure, brief),
      parts: (parts?.items ?? []).map((each) => figure(each, brief)),
      ...pageFacts(parts ?? { total: 0, next: null }),
    },
    {
      depth: brief,
      lines: [
        figureText(found.figure),
        ...(parts?.items ?? []).map((each) => `- ${figureText(each)}`),
      ],
    },
  );
}

export function presentWhy(found: Answer<"why">, full: boolean): Presented {
  const depth = depthOf(full);
  const { subject, title, status, causes, unexplained } = found;
  return pictured(
    found,
    {
      subject: formatRef(subject),
      title,
      status,
      causes: causes.map((each) => cause(each, depth)),
      unexplained: unexplained && figure(unexplained, depth),
    },
    {
      depth,
      lines: [
        `${inline(title)} (${formatRef(subject)}): ${inline(status)}.`,
        ...causes.map(
          (each) =>
            `- ${each.code} ${inline(each.title)}: ${each.days?.text ?? "days unknown"}${each.open ? ", still open" : ""}. ${inline(each.detail, 300)}`,
        ),
        ...(unexplained ? [figureText(unexplained)] : []),
      ],
    },
  );
}

export function presentProcesses(found: Answer<"processes">): Presented {
  return pictured(
    found,
    {
      processes: found.processes.map(({ process, figures, bottleneck }) => ({
        process,
        figures: figures.map((each) => figure(each, brief)),
        bottleneck: bottleneck && statement(bottleneck, brief),
      })),
    },
    {
      depth: brief,
      lines: found.processes.map(
        ({ process, figures, bottleneck }) =>
          `- ${inline(process)}: ${figures.map(figureText).join("; ")}.${bottleneck ? ` ${sentence(bottleneck)}` : ""}`,
      ),
    },
  );
}

export function presentForecast(found: Answer<"forecast">): Presented {
  return pictured(
    found,
    {
      subject: formatRef(found.subject),
      figures: found.figures.map((each) => figure(each, brief)),
    },
    { depth: brief, lines: found.figures.map((each) => `- ${figureText(each)}`) },
  );
}

export function presentWhatIf(found: Answer<"whatIf">): Presented {
  return pictured(
    found,
    {
      title: found.title,
      effects: found.effects.map(({ label, before, after, change }) => ({
        label,
        before: figure(before, brief),
        after: figure(after, brief),
        change: figure(change, brief),
      })),
    },
    {
      depth: brief,
      lines: [
        `${inline(found.title)}:`,
        ...found.effects.map(
          ({ label, before, after, change }) =>
            `- ${inline(label)}: ${before.text} now, ${after.text} then, ${change.text}`,
        ),
      ],
    },
  );
}

export function presentTimeline(found: Answer<"timeline">): Presented {
  const { subject, title, entries } = found;
  return pictured(
    found,
    {
      subject: formatRef(subject),
      title,
      entries: entries.items.map(({ record, ...entry }) => ({
        ...entry,
        record: formatRef(record),
      })),
      ...pageFacts(entries),
    },
    {
      depth: brief,
      lines: [
        `${inline(title)} (${formatRef(subject)}): ${entries.total} handoffs, oldest first.`,
        ...entries.items.map(
          ({ at, system, what, record }) =>
            `- ${at} ${system}: ${inline(what, 200)} (${inline(formatRef(record))})`,
        ),
      ],
    },
  );
}
