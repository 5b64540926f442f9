import type { BusinessCalendar } from "#/domain/business-time.ts";
import type { Connector } from "#/tools/ports.ts";
import { createCrmReader, createCrmWriter } from "./crm.ts";
import { createErpReader, createErpWriter } from "./erp.ts";
import { createPsaReader, createPsaWriter } from "./psa.ts";
import { createSystemClient, defaultPace, type Pace } from "./system-client.ts";

export type SandboxConnection = {
  readonly psaUrl: string;
  readonly crmUrl: string;
  readonly erpUrl: string;
  readonly token: string;
  /** The name under which records say where they come from. */
  readonly connection: string;
  readonly calendar: BusinessCalendar;
  readonly fetch?: typeof fetch;
  /** How patient reads are, where the defaults do not fit. */
  readonly pace?: Partial<Pace>;
};

/**
 * The sandbox's PSA, CRM and ERP as canonical records. Reads are retried within a budget and
 * throw CONNECTOR_AUTH, CONNECTOR_UNAVAILABLE or CONNECTOR_SHAPE; writes are sent once.
 */
export function createSandboxConnector(to: SandboxConnection): Connector {
  const { token, connection, calendar } = to;
  const client = (system: string, url: string) =>
    createSystemClient({
      system,
      baseUrl: url.replace(/\/+$/, ""),
      token,
      fetch: to.fetch ?? fetch,
      pace: { ...defaultPace, ...to.pace },
    });
  const psa = client("The sandbox PSA", to.psaUrl);
  const crm = client("The sandbox CRM", to.crmUrl);
  const erp = client("The sandbox ERP", to.erpUrl);
  return {
    name: connection,
    calendar,
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
    async check() {
      await Promise.all([psa.check(), crm.check(), erp.check()]);
    },
  };
}
