import { type Rag, severity } from "./hysteresis.ts";
import type { RuleReading } from "./read-rule.ts";

/** Green outside, red inside: reported greener than computed. */
export type Watermelon = {
  readonly reported: "green" | "amber" | "red";
  readonly computed: "amber" | "red";
  readonly levels: 1 | 2;
  /** The rules that disagree with the report. */
  readonly rules: readonly string[];
};

/** null: the report agrees or is darker, nobody reported, or we do not know ourselves. */
export function watermelon(
  reported: "green" | "amber" | "red" | null,
  computed: Rag,
  rules: readonly RuleReading[],
): Watermelon | null {
  if (reported === null || (computed !== "amber" && computed !== "red")) return null;
  const levels = severity[computed] - severity[reported];
  if (levels !== 1 && levels !== 2) return null;
  return {
    reported,
    computed,
    levels,
    rules: rules
      .filter(
        ({ band }) => (band === "amber" || band === "red") && severity[band] > severity[reported],
      )
      .map(({ rule }) => rule.rule),
  };
}
