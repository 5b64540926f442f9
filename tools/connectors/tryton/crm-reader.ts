import { z } from "zod";
import type { Client, Opportunity } from "#/domain/record.ts";
import type { CrmReader } from "#/tools/ports.ts";
import { getChangeOrder, listChangeOrders } from "./change-orders.ts";
import { amountOf, numericId, type Reading, sourceOf } from "./reading.ts";
import type { Domain, View } from "./tryton-client.ts";

const Party = z.object({
  id: z.int(),
  name: z.string().nullable(),
  code: z.string().nullable(),
  email: z.string().nullable(),
  timestamp: z.string(),
});
const partyView: View<z.infer<typeof Party>> = {
  model: "party.party",
  fields: ["name", "code", "email", "_timestamp"],
  schema: Party,
};

const Owner = z.object({ id: z.int(), party: z.int() });
const employeePartyView: View<z.infer<typeof Owner>> = {
  model: "company.employee",
  fields: ["party"],
  schema: Owner,
};
const companyPartyView: View<z.infer<typeof Owner>> = {
  model: "company.company",
  fields: ["party"],
  schema: Owner,
};

const SaleOpportunity = z.object({
  id: z.int(),
  description: z.string().nullable(),
  number: z.string().nullable(),
  party: z.object({ id: z.int(), name: z.string().nullable() }).nullable(),
  state: z.enum(["lead", "opportunity", "converted", "won", "lost", "cancelled"]),
  amount: z.string().nullable(),
  currency: z.object({ code: z.string() }).nullable(),
  end_date: z.iso.date().nullable(),
  timestamp: z.string(),
});
type SaleOpportunity = z.infer<typeof SaleOpportunity>;
const opportunityView: View<SaleOpportunity> = {
  model: "sale.opportunity",
  fields: [
    "description",
    "number",
    "party.name",
    "state",
    "amount",
    "currency.code",
    "end_date",
    "_timestamp",
  ],
  schema: SaleOpportunity,
};

/** `converted` has become a quotation and is not won yet; Tryton calls it won when the sale is. */
const stages = {
  lead: "lead",
  opportunity: "qualified",
  converted: "proposal",
  won: "won",
  lost: "lost",
  cancelled: "lost",
} as const satisfies Record<SaleOpportunity["state"], Opportunity["stage"]>;

/** Clients, opportunities and change orders out of `party.party`, `sale.opportunity` and `sale.amendment`. */
export function createCrmReader(reading: Reading): CrmReader {
  const { client } = reading;

  /** Parties that are neither the firm itself nor one of its employees. */
  async function clients(domain: Domain): Promise<Client[]> {
    const retrievedAt = reading.now();
    const [parties, employees, companies] = await Promise.all([
      client.read(partyView, domain),
      client.read(employeePartyView, []),
      client.read(companyPartyView, []),
    ]);
    const ours = new Set([...employees, ...companies].map((owner) => owner.party));
    return parties
      .filter((party) => !ours.has(party.id))
      .map((party) => ({
        source: sourceOf(
          reading,
          { system: "crm", type: "client", id: String(party.id) },
          { model: "party.party", revision: party.timestamp, retrievedAt },
        ),
        name: party.name ?? `Party ${party.code ?? party.id}`,
        code: party.code || null,
        email: party.email || null,
      }));
  }

  return {
    connection: reading.connection,
    listClients: () => clients([]),
    async getClient(id) {
      const number = numericId(id);
      return number === null ? null : ((await clients([["id", "=", number]]))[0] ?? null);
    },
    async listOpportunities() {
      const retrievedAt = reading.now();
      const found = await client.read(opportunityView, []);
      return found.map((opportunity) => ({
        source: sourceOf(
          reading,
          { system: "crm", type: "opportunity", id: String(opportunity.id) },
          { model: "sale.opportunity", revision: opportunity.timestamp, retrievedAt },
        ),
        name: opportunity.description ?? `Opportunity ${opportunity.number ?? opportunity.id}`,
        clientId: opportunity.party === null ? null : String(opportunity.party.id),
        clientName: opportunity.party?.name ?? null,
        stage: stages[opportunity.state],
        amount:
          opportunity.amount === null || opportunity.currency === null
            ? null
            : amountOf(opportunity.amount, opportunity.currency.code, "sale.opportunity"),
        closeOn: opportunity.end_date,
      }));
    },
    listChangeOrders: (projectId) => listChangeOrders(reading, projectId),
    getChangeOrder: (id) => getChangeOrder(reading, id),
  };
}
