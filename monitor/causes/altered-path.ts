import type { InvoiceCauseCode } from "#/domain/assessment.ts";
import { endOfDay, firmClock } from "../civil-time.ts";
import type { FirmView } from "../twin/firm-view.ts";
import type { InvoicePath, Step } from "./invoice-path.ts";
import type { Spread } from "./spread.ts";
import { waitExperience } from "./wait-experience.ts";

/** What is different: some steps end otherwise, the release takes less, or it is ready sooner. */
export type Alteration = {
  /** Ends at once what these steps waited for. */
  readonly without?: (step: Step) => boolean;
  /** Ends these steps on a day instead. */
  readonly endsOn?: { readonly steps: (step: Step) => boolean; readonly on: string };
  /** Working minutes that approval and hand-over no longer take. */
  readonly releaseLess?: number;
  /** Working minutes that fall away somewhere. */
  readonly less?: number;
};

/** Which of what the firm has seen an unknown length is taken from. */
export type Pick = "low" | "middle" | "high";

/** What waits for what on the same record, and so moves with it. */
const follows: Readonly<Partial<Record<InvoiceCauseCode, InvoiceCauseCode>>> = {
  "INV-2": "INV-1",
  "INV-4": "INV-5",
};
/** Long before any step of an invoice began. */
const originDays = 400;

/** When an invoice is, or would be, ready for its run, and how many past cases the guess rests on. */
export type Ready = { readonly at: string; readonly estimated: boolean; readonly cases: number };

/**
 * Plays the way of an invoice again. What is over keeps its length; what still waits takes as long
 * as the firm's own past says; release follows when everything is there, and takes as long as it did.
 */
export function readyWith(
  view: FirmView,
  path: InvoicePath,
  { alteration, pick }: { readonly alteration: Alteration; readonly pick: Pick },
): Ready {
  const clock = firmClock(view.calendar);
  const origin = Temporal.Instant.from(path.draftedAt)
    .subtract({ hours: 24 * originDays })
    .toString();
  const at = (instant: string) => clock.minutes(origin, instant);
  const experience = waitExperience(view);
  const now = at(view.asOf);
  let cases = 0;
  let estimated = false;
  const guess = (spread: Spread | null): number => {
    estimated = true;
    cases = Math.max(cases, spread?.cases ?? 0);
    return spread?.[pick] ?? 0;
  };
  const usualEnd = (step: Step): number => {
    if (step.end !== null) return at(step.end);
    const forecast = deliveryForecast(view, step);
    if (forecast !== null) {
      // Acceptance comes after it, and has no record yet.
      const acceptance = guess(experience.remaining("INV-4", 0));
      return Math.max(now, at(endOfDay(view.calendar, forecast))) + acceptance;
    }
    const start = Math.min(now, at(step.start));
    return Math.max(now, now + guess(experience.remaining(step.condition.cause, now - start)));
  };
  const usual = path.upstream.map((step) => ({ step, end: usualEnd(step) }));
  const before = Math.max(at(path.draftedAt), ...usual.map(({ end }) => end));
  const readyBefore = path.readyAt !== null ? at(path.readyAt) : Math.max(now, releaseFrom(before));

  function releaseFrom(complete: number): number {
    const asked = path.approvals.at(-1);
    if (asked?.end) return Math.max(complete, at(asked.end));
    if (asked) {
      const held = Math.max(0, now - at(asked.start));
      return now + guess(experience.remaining("INV-8", held));
    }
    return complete + guess(experience.release);
  }

  const { without = () => false, endsOn, releaseLess = 0, less = 0 } = alteration;
  const ended = usual.map(({ step, end }) => {
    if (without(step)) return { step, end: Math.min(end, at(step.start)) };
    if (endsOn?.steps(step)) {
      const day = at(endOfDay(view.calendar, endsOn.on));
      return { step, end: Math.max(day, Math.min(end, at(step.start))) };
    }
    return { step, end };
  });
  const gained = (step: Step): number => {
    const first = follows[step.condition.cause];
    const index = usual.findIndex(
      ({ step: other }) =>
        other.condition.cause === first && other.condition.record.id === step.condition.record.id,
    );
    return index < 0 ? 0 : (usual[index]?.end ?? 0) - (ended[index]?.end ?? 0);
  };
  const after = Math.max(
    at(path.draftedAt),
    ...ended.map(({ step, end }, index) => {
      const itself = end !== usual[index]?.end;
      return itself ? end : end - gained(step);
    }),
  );
  const release = Math.max(0, readyBefore - Math.min(before, readyBefore));
  const complete = after > before ? after : Math.min(after, readyBefore);
  const moved = complete + Math.max(0, release - releaseLess) - less;
  // What is not ready yet cannot have been ready before now.
  const ready = path.readyAt === null ? Math.max(now, moved) : moved;
  return { at: clock.after(origin, ready) ?? view.asOf, estimated, cases };
}

/** A milestone that is not delivered has a day on which it will be. */
function deliveryForecast(view: FirmView, { condition }: Step): string | null {
  return condition.cause === "INV-5"
    ? (view.get("milestone", condition.record.id)?.fields.forecastOn ?? null)
    : null;
}
