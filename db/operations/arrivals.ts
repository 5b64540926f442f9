import type { TenantId } from "#/domain/ids.ts";
import type { OperationsEvent } from "#/domain/operations-event.ts";
import { inTenant } from "../in-tenant.ts";
import type { Database } from "../open-database.ts";
import { eventPage } from "./read-events.ts";

const pageSize = 5_000;
/** Transactions that end late may leave lower numbers behind: so many are read again. */
const overlap = 500n;
const always = { since: null, until: null };

/**
 * Events in the order of arrival from a position on, for whoever keeps the firm in memory. The last few
 * before it come again: what is applied twice changes nothing. `position` is where to go on next time.
 */
export const createArrivals = (database: Database) =>
  async function* arrivals(
    tenant: TenantId,
    position: string | null,
  ): AsyncGenerator<{ events: OperationsEvent[]; position: string }> {
    let after = position === null ? null : positive(BigInt(position) - overlap);
    let highest = position ?? "0";
    for (;;) {
      const from = after;
      const { events, last } = await inTenant(database, tenant, (tx) =>
        eventPage(tx, always, { after: from, size: pageSize }),
      );
      if (last === null) return;
      if (BigInt(last) > BigInt(highest)) highest = last;
      yield { events, position: highest };
      after = last;
    }
  };

const positive = (number: bigint): string => (number > 0n ? number : 0n).toString();
