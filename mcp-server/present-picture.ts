import type { Evidence } from "#/domain/evidence.ts";
import { formatRef } from "#/domain/record.ts";
import { staleStatements } from "#/workflows/operations/sources.ts";
import type {
  CaseLine,
  CauseLine,
  Figure,
  Paged,
  Picture,
  SourceState,
  Statement,
} from "#/workflows/operations-services.ts";
import { type Presented, sourcesLine } from "./present-invoice.ts";
import { inline } from "./wire-text.ts";

/* What the answers about the whole firm have in common: freshness first, sentences, figures, citations. */

/** Ids a part cites. Few by default: enough to look it up by; `full` gives as many as a client can use. */
export type Depth = { readonly ids: number };
export const brief: Depth = { ids: 3 };
export const deep: Depth = { ids: 40 };
export const depthOf = (full: boolean): Depth => (full ? deep : brief);

export const statement = ({ text, evidence }: Statement, { ids }: Depth): Statement => ({
  text,
  evidence: evidence.slice(0, ids),
});

export function figure(given: Figure, { ids }: Depth) {
  const { name, label, value, unit, text, reason, range, coverage, currency } = given;
  return {
    name,
    label,
    value,
    unit,
    text,
    ...(currency === null ? {} : { currency }),
    ...(reason === null ? {} : { reason }),
    ...(range === null ? {} : { range }),
    ...(coverage === null ? {} : { coverage }),
    asOf: given.asOf,
    evidence: given.evidence.slice(0, ids),
    ...(given.evidence.length > ids ? { evidenceTotal: given.evidence.length } : {}),
  };
}

export const cause = (given: CauseLine, depth: Depth) => ({
  code: given.code,
  title: given.title,
  detail: given.detail,
  ...(given.days === null ? {} : { days: figure(given.days, depth) }),
  open: given.open,
  evidence: given.evidence.slice(0, depth.ids),
});

export const caseFacts = (given: CaseLine, depth: Depth) => ({
  id: given.id,
  kind: given.kind,
  title: given.title,
  severity: given.severity,
  subject: formatRef(given.subject),
  projectName: given.projectName,
  openedAt: given.openedAt,
  deadline: given.deadline,
  valueAtRisk: given.valueAtRisk,
  causes: given.causes.map((each) => cause(each, depth)),
  remedies: given.remedies,
  evidence: citedBy(given.causes.map((each) => cause(each, depth))),
});

/** Every id below a value, each once. */
export function citedBy(value: unknown): string[] {
  const found = new Set<string>();
  const walk = (at: unknown, key: string): void => {
    if (Array.isArray(at)) {
      for (const item of at) walk(item, key);
    } else if (typeof at === "object" && at !== null) {
      for (const [field, item] of Object.entries(at)) walk(item, field);
    } else if (key === "evidence" && typeof at === "string") found.add(at);
  };
  walk(value, "");
  return [...found];
}

export const pageFacts = ({ total, next }: Pick<Paged<unknown>, "total" | "next">) => ({
  total,
  nextCursor: next,
});

/** The whole answer: what every one carries, then `body`, and evidence for all that is cited in it. */
export function pictured(
  picture: Picture,
  body: Readonly<Record<string, unknown>>,
  { lines, depth }: { readonly lines: readonly string[]; readonly depth: Depth },
): Presented {
  const statements = picture.statements.map((each) => statement(each, depth));
  const cited = new Set(citedBy({ statements, body }));
  const evidence: Evidence[] = picture.evidence.filter(({ id }) => cited.has(id));
  const sources = [...picture.sources].sort((a, b) => Number(b.stale) - Number(a.stale));
  // The first line says of the sources what these sentences say again.
  const told = new Set(staleStatements(sources).map((each) => each.text));
  const said = new Set(statements.map(({ text }) => text));
  const cursor = body["nextCursor"];
  const text = [
    freshness(picture.asOf, sources),
    ...statements.filter((each) => !told.has(each.text)).map((each) => `- ${sentence(each)}`),
    ...lines.filter((line) => !said.has(line)),
    ...(typeof cursor === "string" ? [`More: call again with cursor ${inline(cursor, 400)}`] : []),
    sourcesLine(evidence),
  ].join("\n");
  return { facts: { asOf: picture.asOf, sources, statements, ...body, evidence }, text };
}

/** With its first citations; the rest is in the data. */
export const sentence = ({ text, evidence }: Statement): string =>
  `${inline(text, 600)}${evidence.length > 0 ? ` [${evidence.slice(0, 2).join(", ")}]` : ""}`;

/** `Margin: 24 %`, with range, reason and coverage where there are any. */
export function figureText({ label, text, reason, range, coverage }: Figure): string {
  const between = range ? `, 80 % between ${inline(range[0])} and ${inline(range[1])}` : "";
  const why = reason ? `, ${inline(reason)}` : "";
  const partly =
    coverage && coverage.present < coverage.required
      ? `, from ${coverage.present} of ${coverage.required} records`
      : "";
  return `${inline(label)}: ${inline(text)}${between}${why}${partly}`;
}

function freshness(asOf: string, sources: readonly SourceState[]): string {
  const stale = sources.filter((source) => source.stale);
  const said = stale.map(
    ({ system, lastRead, problem }) =>
      `Not up to date: ${system}, last read ${lastRead ?? "never"}.${problem ? ` ${inline(problem)}` : ""} What needs it is unknown.`,
  );
  const fresh = sources.filter((source) => !source.stale).map(({ system }) => system);
  return [
    ...said,
    `As of ${asOf}.${fresh.length > 0 ? ` Up to date: ${fresh.join(", ")}.` : ""}`,
  ].join("\n");
}
