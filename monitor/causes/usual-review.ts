import type { FieldsOf } from "#/domain/operating-model.ts";
import { firmClock } from "../civil-time.ts";
import { percentile } from "../kpi/percentile.ts";
import type { FirmView } from "../twin/firm-view.ts";

/** Working minutes in the middle of all decided requests of a kind; 0 where there is none. */
export function usualReview(view: FirmView, kind: FieldsOf<"approval">["kind"]): number {
  const clock = firmClock(view.calendar);
  const waits = view
    .by("approval", "kind", kind)
    .flatMap(({ fields: { requestedAt, decidedAt } }) =>
      decidedAt === null ? [] : [clock.minutes(requestedAt, decidedAt)],
    );
  return percentile(waits, 50) ?? 0;
}
