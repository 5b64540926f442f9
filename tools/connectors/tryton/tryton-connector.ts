import type { BusinessCalendar } from "#/domain/business-time.ts";
import type { Connector } from "#/tools/ports.ts";
import { createGuard } from "../guard.ts";
import { createCrmReader } from "./crm-reader.ts";
import { createCrmWriter, createPsaWriter } from "./draft-writers.ts";
import { createErpReader } from "./erp-reader.ts";
import { createErpWriter } from "./invoice-writer.ts";
import { createPsaReader } from "./psa-reader.ts";
import type { Reading } from "./reading.ts";
import { createTrytonClient, type TrytonAccess } from "./tryton-client.ts";
import { readFailure } from "./tryton-fault.ts";

export type TrytonConnection = TrytonAccess & {
  /** Name of the configured connection, e.g. `tryton`. */
  readonly connection: string;
  readonly calendar: BusinessCalendar;
  /** ISO weekday of the firm's billing run, Monday = 1. Tryton bills one by one: without it, no run. */
  readonly billingWeekday?: number | null;
  /** Address of Tryton's web client with its database, `https://erp.firm.example/#firm`, for links. */
  readonly webClient?: string | null;
  readonly now?: () => string;
};

/** Every kind of record this connector reads. A right that is missing must show before work starts. */
export const modelsRead = [
  "project.work",
  "project.allocation",
  "timesheet.line",
  "company.employee",
  "party.party",
  "sale.opportunity",
  "sale.sale",
  "sale.amendment",
  "account.invoice",
  "account.invoice.line",
  "account.move.line",
  "ir.note",
] as const;

/**
 * Tryton 6.0 as PSA, CRM and ERP of one firm, over its JSON-RPC interface. How its records are read
 * as milestones, weeks and change orders is in README.md beside this file.
 */
export function createTrytonConnector(options: TrytonConnection): Connector {
  const guard = createGuard("Tryton");
  const client = createTrytonClient({ ...options, guard });
  const reading: Reading = {
    client,
    connection: options.connection,
    calendar: options.calendar,
    webClient: options.webClient ?? null,
    now: options.now ?? (() => Temporal.Now.instant().toString({ smallestUnit: "millisecond" })),
  };
  return {
    name: options.connection,
    guards: [guard],
    // Tryton keeps no history that could be read: its records are read when they are asked for.
    feed: null,
    records: null,
    look: {
      psa: createPsaReader(reading),
      crm: createCrmReader(reading),
      erp: createErpReader(reading, { billingWeekday: options.billingWeekday ?? null }),
    },
    write: {
      psa: createPsaWriter(reading),
      crm: createCrmWriter(reading),
      erp: createErpWriter(reading),
    },
    calendar: options.calendar,
    async check() {
      await client.company();
      for (const model of modelsRead) {
        try {
          await client.call(`model.${model}.search_count`, [[["id", "=", 0]]]);
        } catch (error) {
          throw readFailure(error, model);
        }
      }
    },
  };
}
