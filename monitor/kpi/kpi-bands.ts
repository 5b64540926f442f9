import { covers, exactOf, isMissing, type Kpi } from "./kpi.ts";
import { isCrossed, type Limit } from "./limit.ts";
import { rational } from "./rational.ts";

/** Colours for one KPI, as a firm's own data. `sourceNote` is shown next to the number. */
export type KpiBands = {
  readonly amber: Limit<"value"> | null;
  readonly red: Limit<"value"> | null;
  readonly sourceNote: string;
};

const below = (limit: number): Limit<"value"> => ({ measure: "value", is: "<", limit });
const above = (limit: number): Limit<"value"> => ({ measure: "value", is: ">", limit });
const judgement = "A judgement, not a standard. Set per firm.";
const secondHand = "Second-hand industry figure, indicative only. Set per firm.";
const farFrom = (points: number): Limit<"value"> => ({
  any: [
    { measure: "value", is: ">=", limit: points },
    { measure: "value", is: "<=", limit: -points },
  ],
});

/** Defaults by KPI name. A KPI without an entry has no colour. */
export const kpiBands: Readonly<Record<string, KpiBands>> = {
  cpi: { amber: below(0.95), red: below(0.85), sourceNote: secondHand },
  spi: { amber: below(0.95), red: below(0.85), sourceNote: secondHand },
  "spi-time": { amber: below(0.95), red: below(0.85), sourceNote: secondHand },
  "vac-share": { amber: below(-5), red: below(-10), sourceNote: judgement },
  tcpi: { amber: above(1.1), red: above(1.2), sourceNote: judgement },
  burn: {
    amber: { measure: "value", is: ">=", limit: 70 },
    red: above(90),
    sourceNote: "Burn bands documented by a public PSA integration.",
  },
  "burn-gap": { amber: above(10), red: above(20), sourceNote: judgement },
  "milestone-slip-days": { amber: above(5), red: above(10), sourceNote: judgement },
  "milestone-slip-percent": { amber: above(10), red: above(20), sourceNote: judgement },
  "on-time-milestones": { amber: below(85), red: below(70), sourceNote: judgement },
  "utilisation-variance": { amber: farFrom(5), red: farFrom(10), sourceNote: judgement },
  "utilisation-of-target": {
    amber: { measure: "value", is: "<=", limit: 90 },
    red: null,
    sourceNote: "Alert level documented by a PSA vendor.",
  },
  realisation: { amber: below(90), red: below(80), sourceNote: judgement },
  "margin-erosion": {
    amber: { measure: "value", is: ">=", limit: 3 },
    red: { measure: "value", is: ">=", limit: 7 },
    sourceNote: judgement,
  },
  "wip-days": { amber: above(45), red: above(60), sourceNote: judgement },
  "days-to-invoice-civil": { amber: above(7), red: null, sourceNote: secondHand },
  dso: { amber: above(45), red: null, sourceNote: secondHand },
  "invoice-correction-rate": { amber: null, red: above(5), sourceNote: judgement },
  "timesheet-compliance": { amber: below(95), red: below(85), sourceNote: judgement },
  "timesheet-compliance-hours": { amber: below(95), red: below(85), sourceNote: judgement },
  "reporting-delay": { amber: above(2), red: above(5), sourceNote: judgement },
  "sponsor-silence": { amber: above(30), red: above(60), sourceNote: judgement },
};

/** Below this share of its inputs a number is shown, and has no colour. */
export const minimumCoverage = rational(60);

/** The colour of one KPI. `not-applicable`: it has no value for a reason that is no gap. */
export function bandOf(
  kpi: Kpi,
  bands: KpiBands,
): "green" | "amber" | "red" | "unknown" | "not-applicable" {
  const value = exactOf(kpi);
  if (isMissing(kpi) || !covers(kpi.coverage, minimumCoverage)) return "unknown";
  if (value === null) return "not-applicable";
  const crossed = (limit: Limit<"value"> | null) =>
    limit !== null && isCrossed(limit, () => ({ state: "known", value })) === "yes";
  return crossed(bands.red) ? "red" : crossed(bands.amber) ? "amber" : "green";
}
