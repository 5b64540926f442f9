import type { RatingRow } from "./read-rows.ts";
import { plain } from "./tokens.ts";

/** Words that people use when things go well and when they do not. Counted per hundred words. */
const tones: readonly RegExp[] = [
  /\b(?:on track|on schedule|on time|to schedule|within budget|progress(?:ing|ed)? well|good progress|strong)\b/g,
  /\b(?:complet\w+|deliver(?:ed|ing)|achiev\w+|success\w*|live|award\w*|signed|approved|closed?|closure)\b/g,
  /\b(?:delay\w*|slip\w*|late|overrun\w*|behind|miss(?:ed)?|postpone\w*|extend\w*|later than)\b/g,
  /\b(?:risk\w*|challeng\w*|difficult\w*|complex\w*|uncertain\w*|concern\w*|issue\w*|problem\w*)\b/g,
  /\b(?:significant|serious|severe|major|critical|unachievable|unaffordable|fundamental|urgent\w*)\b/g,
  /\b(?:reset|re-?baselin\w*|re-?plan\w*|replan\w*|paus\w*|stop\w*|cancel\w*|terminat\w*|review\w*)\b/g,
  /\b(?:afford\w*|fund\w*|cost pressure\w*|shortfall|pressure\w*|overspen\w*)\b/g,
  /\b(?:resourc\w*|capacity|capability|skill\w*|recruit\w*|vacanc\w*)\b/g,
  /\b(?:improv\w*|increas\w* confidence|resolv\w*|mitigat\w*|address\w*|recover\w*)\b/g,
  /\b(?:worsen\w*|deteriorat\w*|decreas\w*|lower\w*|reduc\w*|downgrad\w*)\b/g,
  /\b(?:however|but|although|despite|remain\w*|until)\b/g,
  /\b(?:not|no|cannot|unable|lack\w*|without|yet)\b/g,
  /\b(?:business case|treasury|ministe\w*|policy|legislat\w*|judicial|parliament\w*)\b/g,
  /\b(?:supplier\w*|contract\w*|procur\w*|commercial)\b/g,
];

const yearsBetween = (from: string | null | undefined, until: string | null | undefined) => {
  const span = (Date.parse(until ?? "") - Date.parse(from ?? "")) / (365.25 * 86_400_000);
  return Number.isFinite(span) ? span : null;
};

const tones100 = (text: string): number[] => {
  const words = Math.max(20, text.split(/\s+/).length);
  return tones.map((tone) => Math.log1p((100 * (text.match(tone)?.length ?? 0)) / words));
};

/** Numbers of a row; null where the row does not tell. */
export function rowNumbers(row: RatingRow): (number | null)[] {
  const status = plain(row.status_narrative_masked);
  const { year_budget_m: budget, year_forecast_m: forecast, whole_life_cost_m: cost } = row;
  const variance =
    budget != null && forecast != null && budget > 0
      ? Math.max(-1, Math.min(1, forecast / budget - 1))
      : null;
  // Years are financial years reported at their second or fourth quarter; mid-year is near enough.
  const at = `${row.year}-03-31`;
  const left = yearsBetween(at, row.end_date);
  const whole = yearsBetween(row.start_date, row.end_date);
  const gone = left !== null && whole !== null && whole > 0 ? 1 - left / whole : null;
  const [from, until] = scheduled(row.schedule_narrative);
  return [
    Math.log1p(status.length),
    Math.log1p((row.schedule_narrative ?? "").length),
    Math.log1p((row.budget_narrative ?? "").length),
    Math.log1p((row.variance_narrative ?? "").length),
    variance,
    variance === null ? null : Math.abs(variance),
    cost == null || cost <= 0 ? null : Math.log(cost),
    budget == null || budget <= 0 ? null : Math.log(budget),
    left === null ? null : Math.max(-3, Math.min(15, left)),
    whole === null ? null : Math.max(0, Math.min(25, whole)),
    gone === null ? null : Math.max(-0.5, Math.min(1.5, gone)),
    from !== null && until !== null ? Math.max(-2, Math.min(5, until - from)) : null,
    row.year >= 2021 ? 1 : 0,
    row.year - 2018,
    /less than|inferior|within|lower than/.test(row.variance_narrative?.toLowerCase() ?? "")
      ? 1
      : 0,
    (row.status_narrative_masked.match(/\[RATING\]/g)?.length ?? 0) > 1 ? 1 : 0,
    ...tones100(status),
    ...tones100(plain(row.schedule_narrative)).slice(0, 6),
  ];
}

/** The end the schedule had, and has now, in years. */
function scheduled(text: string | null | undefined): [number | null, number | null] {
  const found = /from (\S+(?: \w+ \d+)?) to (\S+(?: \w+ \d+)?)/.exec(text ?? "");
  const year = (date: string | undefined) => {
    const at = Date.parse(date ?? "") / (365.25 * 86_400_000);
    return Number.isFinite(at) ? at : null;
  };
  return [year(found?.[1]), year(found?.[2]?.replace(/\.$/, ""))];
}

/** Learns mean and spread of each number; what is not known is the mean, and said so by a number of its own. */
export function learnNumbers(rows: readonly RatingRow[]): {
  readonly width: number;
  readonly numbers: (row: RatingRow) => number[];
} {
  const all = rows.map(rowNumbers);
  const columns = (all[0] ?? []).map((_, column) => {
    const known = all.flatMap((numbers) => numbers[column] ?? []);
    const mean = known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length);
    const spread = Math.sqrt(
      known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, known.length),
    );
    return { mean, spread: spread || 1 };
  });
  return {
    width: 2 * columns.length,
    numbers: (row) => {
      const own = rowNumbers(row);
      return [
        ...columns.map(({ mean, spread }, column) => ((own[column] ?? mean) - mean) / spread),
        ...columns.map((_, column) => (own[column] === null ? 1 : 0)),
      ];
    },
  };
}
