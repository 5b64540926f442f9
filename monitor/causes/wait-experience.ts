import type { InvoiceCauseCode } from "#/domain/assessment.ts";
import { compareInstants, firmClock } from "../civil-time.ts";
import type { FirmView } from "../twin/firm-view.ts";
import { completeAt, heldMinutes, type InvoicePath, invoicePath } from "./invoice-path.ts";
import { type Spread, spreadOf } from "./spread.ts";

/** How long things took on the firm's own invoices, in working minutes. */
export type WaitExperience = {
  /** How much longer something takes that has held for so long already; null: never seen. */
  readonly remaining: (code: InvoiceCauseCode, held: number) => Spread | null;
  /** From everything there to ready for the run: check, approval and hand-over. */
  readonly release: Spread | null;
};

const known = new WeakMap<FirmView, WaitExperience>();

export function waitExperience(view: FirmView): WaitExperience {
  let experience = known.get(view);
  if (!experience) known.set(view, (experience = learn(view)));
  return experience;
}

function learn(view: FirmView): WaitExperience {
  const clock = firmClock(view.calendar);
  const paths = view.all("invoice").map((invoice) => invoicePath(view, invoice));
  const lengths = new Map<InvoiceCauseCode, number[]>();
  for (const { upstream, approvals, transfers } of paths)
    for (const step of [...upstream, ...approvals, ...transfers]) {
      const minutes = heldMinutes(view, step);
      if (minutes === 0) continue;
      const own = lengths.get(step.condition.cause);
      if (own) own.push(minutes);
      else lengths.set(step.condition.cause, [minutes]);
    }
  return {
    remaining: (code, held) =>
      spreadOf(
        (lengths.get(code) ?? []).filter((minutes) => minutes > held).map((all) => all - held),
      ),
    release: spreadOf(paths.flatMap((path) => releaseOf(path, clock.minutes))),
  };
}

function releaseOf(path: InvoicePath, minutes: (from: string, to: string) => number): number[] {
  const complete = completeAt(path);
  if (complete === null || path.readyAt === null) return [];
  return compareInstants(path.readyAt, complete) < 0 ? [] : [minutes(complete, path.readyAt)];
}
