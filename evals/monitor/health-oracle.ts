import type { SimulatedFirm } from "#/sandbox/simulator/simulate-firm.ts";
import { bil1, bil2, bil3, cli1, cli2, cli3, qua2, sco2 } from "./health-oracle-client.ts";
import { bud1, bud2, bud3, bud4, moneyOf, sch1, sco1 } from "./health-oracle-money.ts";
import {
  apr1,
  hygieneRules,
  qua1,
  res1,
  res2,
  res3,
  sch2,
  sch3,
  sch4,
  tim1,
} from "./health-oracle-plan.ts";
import { type Case, type Colour, oracleFirm, worst } from "./health-oracle-records.ts";

/*
 * A second opinion: from the simulator's records straight to colours, rule by rule as the guide words
 * them, sharing no code with the monitor. All systems have answered; what is missing in a record is
 * unknown.
 */

export type OracleHealth = {
  readonly rules: Readonly<Record<string, Colour>>;
  readonly dimensions: Readonly<Record<string, Colour>>;
  readonly rag: "green" | "amber" | "red" | "unknown";
};

const dimensionRules: Readonly<Record<string, readonly string[]>> = {
  schedule: ["SCH-1", "SCH-2", "SCH-3", "SCH-4"],
  budget: ["BUD-1", "BUD-2", "BUD-3", "BUD-4"],
  resource: ["RES-1", "RES-2", "RES-3"],
  scope: ["SCO-1", "SCO-2"],
  quality: ["QUA-1", "QUA-2"],
  billing: ["BIL-1", "BIL-2", "BIL-3"],
  time: ["TIM-1"],
  client: ["CLI-1", "CLI-2", "CLI-3"],
};
const critical = ["SCH-1", "SCH-2", "BUD-1", "BUD-3", "BIL-2", "CLI-3"];

/** Every project that the records know at the instant. */
export function oracleHealths(firm: SimulatedFirm, asOf: string): Map<string, OracleHealth> {
  const records = oracleFirm(firm, asOf);
  return new Map(
    records.records
      .all("project")
      .map((project) => [project.id, oracleHealth({ firm: records, project })]),
  );
}

function oracleHealth(about: Case): OracleHealth {
  const money = moneyOf(about);
  const rules: Record<string, Colour> = {
    "SCH-1": sch1(about, money),
    "SCH-2": sch2(about),
    "SCH-3": sch3(about),
    "SCH-4": sch4(about),
    "BUD-1": bud1(money),
    "BUD-2": bud2(about, money),
    "BUD-3": bud3(about, money),
    "BUD-4": bud4(money),
    "RES-1": res1(about),
    "RES-2": res2(about),
    "RES-3": res3(about),
    "SCO-1": sco1(about, money),
    "SCO-2": sco2(about),
    "QUA-1": qua1(about),
    "QUA-2": qua2(about),
    "BIL-1": bil1(about),
    "BIL-2": bil2(about),
    "BIL-3": bil3(about),
    "TIM-1": tim1(about),
    "CLI-1": cli1(about),
    "CLI-2": cli2(about),
    "CLI-3": cli3(about),
    "APR-1": apr1(about),
    ...hygieneRules(about),
  };
  const dimensions = Object.fromEntries(
    Object.entries(dimensionRules).map(([name, ids]) => [
      name,
      worst(ids.map((id) => rules[id] ?? "unknown")),
    ]),
  );
  return { rules, dimensions, rag: overall(rules, dimensions) };
}

/** Red: a critical rule, or two dimensions. Amber: any red, or two ambers. Unknown beats a guess. */
function overall(
  rules: Readonly<Record<string, Colour>>,
  dimensions: Readonly<Record<string, Colour>>,
): OracleHealth["rag"] {
  const counted = Object.values(dimensionRules).flat();
  const those = (colour: Colour): string[] => counted.filter((id) => rules[id] === colour);
  const redDimensions = Object.values(dimensions).filter((colour) => colour === "red").length;
  if (those("red").some((id) => critical.includes(id)) || redDimensions >= 2) return "red";
  const dark = Object.values(dimensions).filter((c) => c === "red" || c === "unknown").length;
  const blind = those("unknown");
  if (blind.some((id) => critical.includes(id)) || (blind.length > 0 && dark >= 2))
    return "unknown";
  if (those("red").length > 0 || those("amber").length >= 2) return "amber";
  return blind.length > 0 || those("green").length === 0 ? "unknown" : "green";
}

/** Worse at once; better only when two evaluations in a row say so, and then the worse of the two. */
export function oracleShown(
  shown: OracleHealth["rag"] | null,
  before: OracleHealth["rag"] | null,
  now: OracleHealth["rag"],
): OracleHealth["rag"] {
  const order = ["green", "amber", "red"];
  if (shown === null || before === null || now === "unknown" || shown === "unknown") return now;
  if (order.indexOf(now) >= order.indexOf(shown)) return now;
  const both = before === "unknown" || order.indexOf(before) > order.indexOf(now) ? before : now;
  return both === "unknown" || order.indexOf(both) >= order.indexOf(shown) ? shown : both;
}
