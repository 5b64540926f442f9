import { addBusinessDays, type BusinessCalendar } from "#/domain/business-time.ts";
import type { Source } from "#/domain/record.ts";
import { endOfDay } from "./civil-time.ts";

/** When something happened that a record tells as a civil date in one of its fields. */
export type Moments = {
  readonly at: (source: Source, field: string, on: string) => string;
  /** So many business days after that. */
  readonly after: (source: Source, field: string, limit: Limit) => string;
};
export type Limit = { readonly on: string; readonly businessDays: number };

/** Where nothing but the date is known: when that day ends. */
export const civilMoments = (calendar: BusinessCalendar): Moments => ({
  at: (_source, _field, on) => endOfDay(calendar, on),
  after: (_source, _field, { on, businessDays }) =>
    endOfDay(calendar, addBusinessDays(calendar, on, businessDays)),
});
