import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { putMembers } from "#/db/member.ts";
import { sampleMember, sampleProposal, sampleTenant } from "#/db/sample-rows.ts";
import { putTenant } from "#/db/tenant.ts";
import type { ProposalId } from "#/domain/ids.ts";
import { TenantId } from "#/domain/ids.ts";
import type { Member, Principal } from "#/domain/member.ts";
import { compose, type Product } from "#/main/compose.ts";
import { readConfig } from "#/main/config.ts";
import { createLog } from "#/main/log.ts";
import { sandboxSecret } from "#/main/second-factor.ts";
import { calendar } from "#/tools/act/fake-systems.ts";
import { type Firm, openFirm } from "./firm.ts";

export const tenant = TenantId.parse("meridian");
/** Another firm in the same database, with a proposal, evidence and people of its own. */
export const rival = TenantId.parse("rival");

/** The worst that a firm can write: everything is permitted. Only the guardrails are left. */
export const permitEverything = `@id("T99-everything")
@reason("Everything is permitted")
permit(principal, action, resource);
`;

export const colleagues: readonly (Pick<Member, "name" | "roles"> & {
  id: string;
  active?: boolean;
})[] = [
  { id: "dana", name: "Dana Lead", roles: ["DeliveryLead"] },
  { id: "lena", name: "Lena Lead", roles: ["DeliveryLead"] },
  { id: "fiona", name: "Fiona Fin", roles: ["FinanceManager"] },
  { id: "felix", name: "Felix Fin", roles: ["FinanceManager"] },
  { id: "cora", name: "Cora Contract", roles: ["ContractOwner"] },
  { id: "ana", name: "Ana Kovac", roles: ["Consultant"] },
  { id: "otto", name: "Otto Gone", roles: ["FinanceManager", "DeliveryLead"], active: false },
];

export type House = {
  readonly product: Product;
  readonly firm: Firm;
  readonly agent: Principal;
  readonly rivalProposal: ProposalId;
  readonly rivalEvidence: string;
  readonly close: () => Promise<void>;
};

/**
 * The product as main/compose.ts wires it, over a firm in memory; with `tenantRules`, under those
 * rules instead of the shipped ones. One at a time in a process.
 */
export async function openHouse(options: {
  tenantRules?: string;
  databaseUrl?: string;
}): Promise<House> {
  const home = mkdtempSync(join(tmpdir(), "countersign-hijack-"));
  const rules = join(home, "tenant.cedar");
  if (options.tenantRules !== undefined) writeFileSync(rules, options.tenantRules);
  const config = readConfig({
    COUNTERSIGN_HOME: home,
    TENANT: tenant,
    SLACK_MODE: "off",
    WATCH_SECONDS: "0",
    LOG_LEVEL: "silent",
    ...(options.tenantRules === undefined ? {} : { TENANT_POLICY_FILE: rules }),
    ...(options.databaseUrl ? { DATABASE_URL: options.databaseUrl } : {}),
  });
  const firm = openFirm(Temporal.Now.plainDateISO(calendar.zone).toString());
  const product = await compose(config, {
    log: createLog("silent"),
    connect: async () => firm.connector,
    calendar,
    proposalPage: (id) => `http://127.0.0.1/proposals/${id}`,
  });
  const { database, store } = product;
  for (const id of [tenant, rival]) {
    await putTenant(database, { ...sampleTenant(id), calendar });
    await putMembers(
      database,
      colleagues
        .map(({ id: person, name, roles, active = true }) =>
          sampleMember(id, person, {
            name,
            email: `${person}@${id}.example`,
            roles,
            active,
          }),
        )
        .map((member) => ({ ...member, secondFactor: sandboxSecret(member.email) })),
    );
  }
  const theirs = sampleProposal(rival, { invoice: "RIVAL-1" });
  const { id: rivalProposal } = await store.submitProposal(theirs, () => async () => undefined);
  await product.engine.launch();
  return {
    product,
    firm,
    agent: {
      tenant,
      person: null,
      name: "copilot",
      kind: "agent",
      capabilities: new Set(["read", "propose"]),
    },
    rivalProposal,
    rivalEvidence: theirs.evidence[0]?.id ?? "",
    close: async () => {
      await product.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
