import type { BusinessCalendar } from "#/domain/business-time.ts";
import type { Connector, RejectedChange } from "#/tools/ports.ts";
import type { BreakerRules } from "../breaker.ts";
import { createGuard, type OutboundGuard } from "../guard.ts";
import { createChangeFeed } from "./change-feed.ts";
import { createCrmReader, createCrmWriter } from "./crm.ts";
import { createErpReader, createErpWriter } from "./erp.ts";
import { createPsaReader, createPsaWriter } from "./psa.ts";
import { createRecords } from "./records.ts";
import { createSystemClient, defaultPace, type Pace } from "./system-client.ts";

export type SandboxConnection = {
  readonly psaUrl: string;
  readonly crmUrl: string;
  readonly erpUrl: string;
  /** The systems beside the three; what has no address is not read. */
  readonly hrisUrl?: string | undefined;
  readonly itsmUrl?: string | undefined;
  readonly messengerUrl?: string | undefined;
  readonly token: string;
  /** The name under which records say where they come from. */
  readonly connection: string;
  readonly calendar: BusinessCalendar;
  readonly fetch?: typeof fetch;
  /** How patient reads are, where the defaults do not fit. */
  readonly pace?: Partial<Pace>;
  /** When a system is left alone, where the defaults do not fit. */
  readonly breaker?: BreakerRules;
  /** Records asked for at once, 1 to 500. */
  readonly pageSize?: number;
  /** Told of every event of the feed that was not taken in. */
  readonly onRejected?: ((rejected: RejectedChange) => void) | undefined;
};

/**
 * The sandbox's PSA, CRM and ERP as canonical records, and the feed of all of its systems. Reads are retried within a budget and
 * throw CONNECTOR_AUTH, CONNECTOR_UNAVAILABLE or CONNECTOR_SHAPE; writes are sent once.
 */
export function createSandboxConnector(to: SandboxConnection): Connector {
  const { token, connection, calendar } = to;
  const guards: OutboundGuard[] = [];
  const client = (system: string, url: string) => {
    const guard = createGuard(system, { rules: to.breaker });
    guards.push(guard);
    return createSystemClient({
      system,
      guard,
      baseUrl: url.replace(/\/+$/, ""),
      token,
      fetch: to.fetch ?? fetch,
      pace: { ...defaultPace, ...to.pace },
      pageSize: to.pageSize ?? 200,
    });
  };
  const psa = client("The sandbox PSA", to.psaUrl);
  const crm = client("The sandbox CRM", to.crmUrl);
  const erp = client("The sandbox ERP", to.erpUrl);
  const beside = {
    ...(to.hrisUrl ? { hris: client("The sandbox HRIS", to.hrisUrl) } : {}),
    ...(to.itsmUrl ? { itsm: client("The sandbox ITSM", to.itsmUrl) } : {}),
    ...(to.messengerUrl ? { messenger: client("The sandbox messenger", to.messengerUrl) } : {}),
  };
  const clients = { psa, crm, erp, ...beside };
  return {
    name: connection,
    calendar,
    guards,
    look: {
      psa: createPsaReader(psa, connection),
      crm: createCrmReader(crm, connection),
      erp: createErpReader(erp, connection),
    },
    write: {
      psa: createPsaWriter(psa),
      crm: createCrmWriter(crm),
      erp: createErpWriter(erp),
    },
    records: createRecords({ connection, clients }),
    feed: createChangeFeed({ connection, clients, onRejected: to.onRejected }),
    async check() {
      // What can be approved and done depends on these three; the feed says itself what is stale.
      await Promise.all([psa.check(), crm.check(), erp.check()]);
    },
  };
}
