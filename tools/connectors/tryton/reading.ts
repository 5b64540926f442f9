import type { BusinessCalendar } from "#/domain/business-time.ts";
import { CountersignError } from "#/domain/errors.ts";
import { type Money, moneyFromDecimal } from "#/domain/money.ts";
import type { RecordRef, Source } from "#/domain/record.ts";
import type { TrytonClient } from "./tryton-client.ts";

/** What every reader of this connector works with. */
export type Reading = {
  readonly client: TrytonClient;
  /** Name of the configured connection. */
  readonly connection: string;
  readonly calendar: BusinessCalendar;
  /** Where people open records, `https://erp.firm.example/#firm`; null: no links. */
  readonly webClient: string | null;
  /** The present instant in UTC text. */
  readonly now: () => string;
};

/** The envelope of one record. `retrievedAt` is taken before the request went out. */
export const sourceOf = (
  { connection, webClient }: Reading,
  ref: RecordRef,
  seen: { model: string; revision: string | null; retrievedAt: string },
): Source => ({
  ...ref,
  connection,
  revision: seen.revision,
  retrievedAt: seen.retrievedAt,
  url: linkTo(webClient, seen.model, ref.id),
});

/** The web client's address of a record; null where no web client is configured. */
export const linkTo = (webClient: string | null, model: string, id: string): string | null =>
  webClient === null || !/^\d+$/.test(id) ? null : `${webClient}/model/${model}/${id}`;

/** Our ids are Tryton's; null for anything that cannot be one, so a foreign id finds nothing. */
export const numericId = (id: string): number | null =>
  /^[1-9]\d{0,9}$/.test(id) ? Number(id) : null;

/** The civil day of an instant where the firm works. */
export const dayOf = ({ calendar }: Reading, instant: string): string =>
  Temporal.Instant.from(instant).toZonedDateTimeISO(calendar.zone).toPlainDate().toString();

/** Decimal text to minor units; CONNECTOR_SHAPE when it does not fit the currency. */
export function amountOf(decimal: string, currency: string, record: string): Money {
  try {
    return moneyFromDecimal(decimal, currency);
  } catch (cause) {
    throw new CountersignError(
      "CONNECTOR_SHAPE",
      { system: "Tryton", record, problems: `an amount that does not fit ${currency}` },
      { cause },
    );
  }
}
