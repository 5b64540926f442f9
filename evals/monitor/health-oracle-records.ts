import type { FirmProjection } from "#/sandbox/simulator/projection.ts";
import type { FirmRecord, RecordKind } from "#/sandbox/simulator/records.ts";
import type { SimulatedFirm } from "#/sandbox/simulator/simulate-firm.ts";
import { type OracleTime, oracleTime } from "./health-oracle-days.ts";

export type Colour = "green" | "amber" | "red" | "unknown" | "not-applicable";

/** The simulator's own records as they stood, sorted into projects. It knows nothing of a twin. */
export type OracleFirm = {
  readonly time: OracleTime;
  readonly records: FirmProjection;
  /** What was recorded about one record by then. */
  readonly eventsOf: (id: string) => SimulatedFirm["events"];
  readonly weekdays: number;
  readonly of: <K extends RecordKind>(
    kind: K,
    field: string,
    value: string,
  ) => readonly FirmRecord<K>[];
};

/** Everything a rule may look at. */
export type Case = { readonly firm: OracleFirm; readonly project: FirmRecord<"project"> };

export function oracleFirm(firm: SimulatedFirm, asOf: string): OracleFirm {
  const records = firm.asOf(asOf);
  const groups = new Map<string, Map<unknown, readonly unknown[]>>();
  const until = records.at;
  return {
    time: oracleTime(firm, asOf),
    records,
    eventsOf: (id) =>
      (storiesOf(firm).get(id) ?? []).filter(({ recordedAt }) => recordedAt <= until),
    weekdays: firm.calendar.days.length,
    of: <K extends RecordKind>(kind: K, field: string, value: string) => {
      const name = `${kind}.${field}`;
      let group = groups.get(name);
      if (!group) {
        group = Map.groupBy<unknown, Readonly<Record<string, unknown>>>(
          records.all(kind) as readonly unknown[] as readonly Readonly<Record<string, unknown>>[],
          (record) => record[field],
        );
        groups.set(name, group);
      }
      return (group.get(value) ?? []) as readonly FirmRecord<K>[];
    },
  };
}

const stories = new WeakMap<SimulatedFirm, Map<string, SimulatedFirm["events"]>>();

function storiesOf(firm: SimulatedFirm): Map<string, SimulatedFirm["events"]> {
  let known = stories.get(firm);
  if (!known)
    stories.set(firm, (known = Map.groupBy(firm.events, ({ objects }) => objects[0]?.id ?? "")));
  return known;
}

export const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

export const worst = (colours: readonly Colour[]): Colour =>
  (["red", "unknown", "amber", "green"] as const).find((each) => colours.includes(each)) ??
  "not-applicable";

/** More is worse: red from one number on, amber from another. */
export const ladder = (
  value: number,
  amber: (value: number) => boolean,
  red: (value: number) => boolean,
): Colour => (red(value) ? "red" : amber(value) ? "amber" : "green");

export const handedIn = ({ state }: FirmRecord<"timesheet-week">): boolean =>
  state === "submitted" || state === "approved";
export const signed = ({ state }: FirmRecord<"change-order">): boolean =>
  state === "approved" || state === "executed";
