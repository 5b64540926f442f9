import type { BusinessCalendar } from "#/domain/business-time.ts";
import type { RecordKind } from "#/domain/operating-model.ts";
import { systemOfKind } from "#/domain/operating-model.ts";
import type { OperationsEvent } from "#/domain/operations-event.ts";
import type { FirmView } from "#/monitor/twin/firm-view.ts";
import { createTwin } from "#/monitor/twin/twin.ts";
import type { SimulationOptions } from "#/sandbox/simulator/options.ts";
import { runFirm } from "#/sandbox/simulator/run-firm.ts";
import { type SimulatedFirm, simulateFirm } from "#/sandbox/simulator/simulate-firm.ts";
import { truthOfRun } from "#/sandbox/simulator/truth.ts";
import type { FirmTruth } from "#/sandbox/simulator/truth-types.ts";

/** A simulated firm as its systems tell it, and what was really so. */
export type EvalFirm = {
  readonly options: SimulationOptions;
  readonly firm: SimulatedFirm;
  readonly truth: FirmTruth;
  /** In the order in which they were recorded. */
  readonly events: readonly OperationsEvent[];
  /** Everything known at the anchor. */
  readonly now: FirmView;
  /** What was known at each of these instants, in turn. They must rise. */
  replay(instants: readonly string[]): Iterable<FirmView>;
};

export function evalFirm(options: SimulationOptions): EvalFirm {
  const firm = simulateFirm(options);
  const events = operationsEvents(firm);
  return {
    options,
    firm,
    truth: truthOfRun(runFirm(options)),
    events,
    now: [...replay(firm, events, [firm.now])][0] as FirmView,
    replay: (instants) => replay(firm, events, instants),
  };
}

function* replay(
  firm: SimulatedFirm,
  events: readonly OperationsEvent[],
  instants: readonly string[],
): Generator<FirmView> {
  const twin = createTwin({ calendar: calendarOf(firm), currency: firm.currency });
  let next = 0;
  for (const instant of instants) {
    for (let event = events[next]; event && event.recordedAt <= instant; event = events[++next])
      twin.apply(event);
    yield twin.view(instant);
  }
}

export const calendarOf = ({ calendar }: Pick<SimulatedFirm, "calendar">): BusinessCalendar => ({
  ...calendar,
  days: [...calendar.days],
  holidays: [...calendar.holidays],
});

/** The simulator's events as a system of record tells them: numbered per record, subject apart. */
export function operationsEvents(firm: Pick<SimulatedFirm, "events">): OperationsEvent[] {
  const versions = new Map<string, number>();
  return firm.events.flatMap((event): OperationsEvent[] => {
    const [subject, ...objects] = event.objects;
    if (!subject) return [];
    const kind = subject.type as RecordKind;
    const key = `${kind} ${subject.id}`;
    const sequence = (versions.get(key) ?? 0) + 1;
    versions.set(key, sequence);
    return [
      {
        id: event.id,
        connection: "sandbox",
        system: systemOfKind[kind],
        type: event.type,
        occurredAt: event.occurredAt,
        recordedAt: event.recordedAt,
        subject: { kind, id: subject.id },
        sequence,
        objects: [...objects],
        attributes: { ...event.attributes },
      },
    ];
  });
}
