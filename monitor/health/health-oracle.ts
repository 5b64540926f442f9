import type { MeasureName } from "./health-measures.ts";

/*
 * A second opinion for tests: the rules written as plain sentences over plain numbers, sharing no
 * code with the rule table or its engine. "?" is unknown, "-" makes no sense yet, "0" is none there.
 */

export type Plain = number | "?" | "-" | "none";
export type Colour = "green" | "amber" | "red" | "unknown" | "n/a";
export type OracleFacts = Readonly<Record<MeasureName, Plain>>;

export function oracleRule(rule: string, f: OracleFacts): Colour {
  const n = (value: Plain): number | null => (typeof value === "number" ? value : null);
  /** Higher is worse, from this value on (or above it). */
  const high = (
    value: Plain,
    amber: (v: number) => boolean,
    red: (v: number) => boolean,
  ): Colour => {
    if (value === "?") return "unknown";
    if (value === "-") return "n/a";
    if (value === "none") return "green";
    return red(value) ? "red" : amber(value) ? "amber" : "green";
  };
  const worst = (...colours: Colour[]): Colour =>
    (["red", "unknown", "amber", "green"] as const).find((c) => colours.includes(c)) ?? "n/a";
  switch (rule) {
    case "SCH-1": {
      const [a, b] = [f.spi, f.spiTime].map((v) =>
        high(
          v,
          (x) => x < 0.95,
          (x) => x < 0.85,
        ),
      );
      const one = [a, b].filter((c) => c !== "unknown" && c !== "n/a");
      if (one.length > 0) return worst(...(one as Colour[]));
      return a === "unknown" || b === "unknown" ? "unknown" : "n/a";
    }
    case "SCH-2":
      return worst(
        high(
          f.slipBusinessDays,
          (x) => x > 5,
          (x) => x > 10,
        ),
        high(
          f.slipPercent,
          (x) => x > 10,
          (x) => x > 20,
        ),
      );
    case "SCH-3":
      return high(
        f.overdueTaskShare,
        (x) => x >= 20,
        (x) => x > 60,
      );
    case "SCH-4":
      return high(
        f.milestoneMoves,
        (x) => x >= 2,
        (x) => x >= 3,
      );
    case "BUD-1":
      return high(
        f.cpi,
        (x) => x < 0.95,
        (x) => x < 0.85,
      );
    case "BUD-2": {
      if (f.hoursUsed === "-" && f.percentComplete === "-") return "n/a";
      // Either half known to be harmless settles it; otherwise both must be known.
      const level = (used: number, done: number): boolean | null => {
        const [u, d] = [n(f.hoursUsed), n(f.percentComplete)];
        const left = f.hoursUsed === "?" ? null : u !== null && u >= used;
        const right = f.percentComplete === "?" ? null : d !== null && d < done;
        if (left === false || right === false) return false;
        return left === null || right === null ? null : true;
      };
      const [red, amber] = [level(90, 80), level(80, 70)];
      if (red === true) return "red";
      if (red === null) return "unknown";
      if (amber === true) return "amber";
      return amber === null ? "unknown" : "green";
    }
    case "BUD-3":
      return high(
        f.marginErosion,
        (x) => x >= 3,
        (x) => x >= 7,
      );
    case "BUD-4":
      return high(
        f.workAtRiskShare,
        (x) => x >= 2,
        (x) => x >= 5,
      );
    case "RES-1":
      return high(
        f.unfilledRoleStart,
        (x) => x <= 10,
        (x) => x < 0,
      );
    case "RES-2": {
      if (f.overloadedWeeks === "-" && f.leavingWithoutCover === "-") return "n/a";
      const tired = f.overloadedWeeks === "?" ? null : (n(f.overloadedWeeks) ?? 0) >= 3;
      const leaving = f.leavingWithoutCover === "?" ? null : (n(f.leavingWithoutCover) ?? 0) >= 1;
      if (tired && leaving) return "red";
      if (tired === false && leaving === false) return "green";
      // One is so: it is red if the other is too, which only a known answer rules out.
      return tired === null || leaving === null ? "unknown" : "amber";
    }
    case "RES-3":
      return high(
        f.utilisationVariance,
        (x) => Math.abs(x) >= 10,
        (x) => Math.abs(x) >= 20,
      );
    case "SCO-1":
      return worst(
        high(
          f.openChangeAge,
          (x) => x > 10,
          (x) => x > 20,
        ),
        high(
          f.openChangeShare,
          () => false,
          (x) => x > 10,
        ),
      );
    case "SCO-2":
      return high(
        f.uncoveredScopeCues,
        (x) => x >= 1,
        (x) => x >= 3,
      );
    case "QUA-1":
      return high(
        f.unacceptedAge,
        (x) => x > 10,
        (x) => x > 20,
      );
    case "QUA-2":
      return worst(
        high(
          f.reworkRate,
          (x) => x > 10,
          (x) => x > 20,
        ),
        high(
          f.severeTicketsPastLimit,
          () => false,
          (x) => x >= 1,
        ),
      );
    case "BIL-1":
      return high(
        f.unbilledReadyAge,
        (x) => x > 7,
        (x) => x > 21,
      );
    case "BIL-2":
      return high(
        f.blockedInvoiceShare,
        (x) => x > 5,
        (x) => x > 15,
      );
    case "BIL-3":
      return high(
        f.overdueReceivableDays,
        (x) => x > 15,
        (x) => x > 45,
      );
    case "TIM-1":
      return high(
        f.timesheetCompliance,
        (x) => x < 95,
        (x) => x < 85,
      );
    case "CLI-1":
      return high(
        f.sponsorSilence,
        (x) => x > 30,
        (x) => x > 60,
      );
    case "CLI-2":
      return high(
        f.lowSatisfactionSigns,
        (x) => x >= 1,
        (x) => x >= 2,
      );
    case "CLI-3":
      return high(
        f.unmitigatedSponsorChanges,
        () => false,
        (x) => x >= 1,
      );
    case "APR-1":
      return high(
        f.oldestPendingApproval,
        (x) => x > 2,
        (x) => x > 5,
      );
    default:
      throw new RangeError(`no such rule: ${rule}`);
  }
}

const byDimension: Readonly<Record<string, readonly string[]>> = {
  schedule: ["SCH-1", "SCH-2", "SCH-3", "SCH-4"],
  budget: ["BUD-1", "BUD-2", "BUD-3", "BUD-4"],
  resource: ["RES-1", "RES-2", "RES-3"],
  scope: ["SCO-1", "SCO-2"],
  quality: ["QUA-1", "QUA-2"],
  billing: ["BIL-1", "BIL-2", "BIL-3"],
  time: ["TIM-1"],
  client: ["CLI-1", "CLI-2", "CLI-3"],
};
export const weightedRules: readonly string[] = Object.values(byDimension).flat();
export const criticalRules = ["SCH-1", "SCH-2", "BUD-1", "BUD-3", "BIL-2", "CLI-3"];

/** Which measures a rule needs; the two indices of SCH-1 stand in for each other. */
const needs: Readonly<Record<string, readonly MeasureName[]>> = {
  "SCH-1": ["spi", "spiTime"],
  "SCH-2": ["slipBusinessDays", "slipPercent"],
  "SCH-3": ["overdueTaskShare"],
  "SCH-4": ["milestoneMoves"],
  "BUD-1": ["cpi"],
  "BUD-2": ["hoursUsed", "percentComplete"],
  "BUD-3": ["marginErosion"],
  "BUD-4": ["workAtRiskShare"],
  "RES-1": ["unfilledRoleStart"],
  "RES-2": ["overloadedWeeks", "leavingWithoutCover"],
  "RES-3": ["utilisationVariance"],
  "SCO-1": ["openChangeAge", "openChangeShare"],
  "SCO-2": ["uncoveredScopeCues"],
  "QUA-1": ["unacceptedAge"],
  "QUA-2": ["reworkRate", "severeTicketsPastLimit"],
  "BIL-1": ["unbilledReadyAge"],
  "BIL-2": ["blockedInvoiceShare"],
  "BIL-3": ["overdueReceivableDays"],
  "TIM-1": ["timesheetCompliance"],
  "CLI-1": ["sponsorSilence"],
  "CLI-2": ["lowSatisfactionSigns"],
  "CLI-3": ["unmitigatedSponsorChanges"],
};

/** The whole project, when every measure is either fully there or wholly missing. */
export function oracleHealth(f: OracleFacts): { rag: string; dimensions: Record<string, Colour> } {
  const colour = new Map(weightedRules.map((rule) => [rule, oracleRule(rule, f)]));
  const dimensions = Object.fromEntries(
    Object.entries(byDimension).map(([name, rules]): [string, Colour] => {
      const own = rules.map((rule) => colour.get(rule));
      const found = (["red", "unknown", "amber", "green"] as const).find((c) => own.includes(c));
      return [name, found ?? "n/a"];
    }),
  );
  const share = (rule: string): number => {
    const there = (needs[rule] ?? []).map((name) => (f[name] === "?" ? 0 : 1));
    if (rule === "SCH-1") return Math.max(...there);
    return there.reduce((a: number, b) => a + b, 0) / there.length;
  };
  // Halves only, so the sum is exact.
  const covered = weightedRules.reduce((sum, rule) => sum + share(rule), 0);
  const reds = weightedRules.filter((rule) => colour.get(rule) === "red");
  const ambers = weightedRules.filter((rule) => colour.get(rule) === "amber");
  if (covered * 10 < weightedRules.length * 6)
    return {
      rag: reds.some((r) => criticalRules.includes(r) && share(r) === 1) ? "red" : "unknown",
      dimensions,
    };
  const redDimensions = Object.values(dimensions).filter((c) => c === "red").length;
  if (reds.some((rule) => criticalRules.includes(rule)) || redDimensions >= 2)
    return { rag: "red", dimensions };
  // Not red as far as we know. Would it be, if what we do not know were red?
  const blind = weightedRules.filter((rule) => colour.get(rule) === "unknown");
  const darkened = Object.values(byDimension).filter((rules) =>
    rules.some((rule) => reds.includes(rule) || blind.includes(rule)),
  ).length;
  if (blind.some((rule) => criticalRules.includes(rule)) || (blind.length > 0 && darkened >= 2))
    return { rag: "unknown", dimensions };
  if (reds.length >= 1 || ambers.length >= 2) return { rag: "amber", dimensions };
  const anything = [...colour.values()].some((c) => c === "green" || c === "amber");
  return { rag: blind.length > 0 || !anything ? "unknown" : "green", dimensions };
}
