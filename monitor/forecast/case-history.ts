import type { LogEvent } from "#/domain/event-log.ts";

/** One step of one case. `at` is milliseconds since the epoch. */
export type CaseStep = {
  readonly activity: string;
  readonly at: number;
  readonly resource: string | null;
  readonly role: string | null;
  readonly group: string | null;
};

/** A case with at least one step, in the order of time; steps of the same instant as they came. */
export type CaseHistory = { readonly id: string; readonly steps: readonly CaseStep[] };

export const dayMs = 86_400_000;

export const stepAt = (history: CaseHistory, index: number): CaseStep => {
  const step = history.steps[index];
  if (!step) throw new RangeError(`case has ${history.steps.length} steps, not ${index + 1}`);
  return step;
};
export const startedAt = (history: CaseHistory): number => stepAt(history, 0).at;
/** The instant of the last known step. Only the caller knows whether another one will come. */
export const lastAt = (history: CaseHistory): number =>
  stepAt(history, history.steps.length - 1).at;
export const durationMs = (history: CaseHistory): number => lastAt(history) - startedAt(history);

/** The case as it was known after its first `length` steps. */
export const prefixOf = (history: CaseHistory, length: number): CaseHistory => ({
  id: history.id,
  steps: history.steps.slice(0, length),
});

export type CaseCollector = {
  add(event: LogEvent): void;
  /** Cases by start, then id; and how many events repeated a (case, activity, instant). */
  finish(): { cases: CaseHistory[]; duplicates: number };
};

/** Groups a stream of events into cases. Keeps one copy of every repeated text. */
export function collectCases(): CaseCollector {
  const open = new Map<string, CaseStep[]>();
  const texts = new Map<string, string>();
  const keep = <Text extends string | null>(text: Text): Text => {
    if (text === null) return text;
    const known = texts.get(text);
    if (known === undefined) texts.set(text, text);
    return (known ?? text) as Text;
  };
  return {
    add(event) {
      const at = Date.parse(event.at);
      if (!Number.isFinite(at)) throw new RangeError("an event without a valid instant");
      const { activity, resource, role, group } = event;
      const step = {
        activity: keep(activity),
        at,
        resource: keep(resource),
        role: keep(role),
        group: keep(group),
      };
      const steps = open.get(event.case);
      if (steps) steps.push(step);
      else open.set(event.case, [step]);
    },
    finish() {
      let duplicates = 0;
      const cases: CaseHistory[] = [];
      for (const [id, unordered] of open) {
        const steps = withoutRepeats(unordered.sort((a, b) => a.at - b.at));
        duplicates += unordered.length - steps.length;
        cases.push({ id, steps });
      }
      return { cases: cases.sort(byStart), duplicates };
    },
  };
}

export const byStart = (a: CaseHistory, b: CaseHistory): number =>
  startedAt(a) - startedAt(b) || (a.id < b.id ? -1 : Number(a.id > b.id));

function withoutRepeats(steps: readonly CaseStep[]): CaseStep[] {
  const seen = new Set<string>();
  return steps.filter(({ activity, at }) => {
    const key = `${at} ${activity}`;
    return !seen.has(key) && seen.add(key);
  });
}
