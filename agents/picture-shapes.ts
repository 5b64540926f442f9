import { z } from "zod";

/*
 * What the tools about the whole firm answer, as far as we rely on it: sentences that code made, and the
 * names and citations of the rows.
 */

const text = z.string();
const maybe = text.nullable();
const ids = z.array(text);
const Statement = z.object({ text, evidence: ids });
const Figure = z.looseObject({ label: text, text, evidence: ids });
const picture = {
  sources: z.array(z.looseObject({ system: text, stale: z.boolean() })),
  statements: z.array(Statement),
};
const paged = { total: z.int(), nextCursor: maybe };

const PortfolioRow = z.looseObject({
  ref: text,
  name: text,
  clientName: maybe,
  rag: text,
  reported: maybe,
  watermelon: z.boolean(),
  reasons: z.array(Statement),
  evidence: ids,
});
export type PortfolioRow = z.infer<typeof PortfolioRow>;

const Rule = z.looseObject({
  title: text,
  band: text,
  thresholdText: text,
  figure: Figure,
});
const CaseRow = z.looseObject({ id: text, title: text, evidence: ids });
const AccountRow = z.looseObject({
  name: text,
  risk: text,
  drivers: z.array(Statement),
  evidence: ids,
});
export type AccountRow = z.infer<typeof AccountRow>;
const Kpi = z.looseObject({ kpi: text, title: text });

export const pictureShapes = {
  portfolio_list: z.looseObject({ ...picture, projects: z.array(PortfolioRow), ...paged }),
  project_health_get: z.looseObject({ ...picture, rules: z.array(Rule) }),
  case_list: z.looseObject({ ...picture, cases: z.array(CaseRow), ...paged }),
  kpi_list: z.looseObject({ kpis: z.array(Kpi) }),
  kpi_get: z.looseObject({ ...picture, parts: z.array(Figure), ...paged }),
  delay_explain: z.looseObject(picture),
  process_performance_get: z.looseObject(picture),
  forecast_get: z.looseObject(picture),
  what_if: z.looseObject(picture),
  account_list: z.looseObject({ ...picture, accounts: z.array(AccountRow), ...paged }),
  timeline_get: z.looseObject({
    ...picture,
    entries: z.array(z.looseObject({ at: text, system: text, what: text })),
    ...paged,
  }),
} as const;

type Shapes = typeof pictureShapes;
export type PictureAnswer<N extends keyof Shapes> = z.infer<Shapes[N]>;

/** Those that say how fresh their sources are. */
export const pictureTools = [
  "portfolio_list",
  "project_health_get",
  "case_list",
  "kpi_get",
  "delay_explain",
  "process_performance_get",
  "forecast_get",
  "what_if",
  "account_list",
  "timeline_get",
] as const satisfies readonly (keyof Shapes)[];

type Said = PictureAnswer<"delay_explain">;

/**
 * Sentences of the tool that no fact can stand behind: what is not known and why. The first ones speak of
 * the sources that are not up to date, which are told of on their own.
 */
export function uncited({ statements, sources }: Said): string[] {
  const cited = statements.findIndex(({ evidence }) => evidence.length > 0);
  const head = statements.slice(0, cited < 0 ? statements.length : cited);
  const aboutSources = Math.min(head.length, sources.filter(isTroubled).length);
  return statements
    .slice(aboutSources)
    .flatMap((said) => (said.evidence.length === 0 ? [said.text] : []));
}

const isTroubled = (source: Said["sources"][number]): boolean =>
  source.stale || (source["problem"] !== null && source["problem"] !== undefined);
