import { z } from "zod";
import { PersonId, TenantId } from "./ids.ts";

/** What a colleague may be asked for. The ids are the policy engine's role names. */
export const Role = z.enum([
  "DeliveryLead",
  "FinanceManager",
  "ContractOwner",
  "Consultant",
  "Administrator",
  "Auditor",
]);
export type Role = z.infer<typeof Role>;

/** A human of the firm in our own directory. Accounts elsewhere are linked to it, never the reverse. */
export const Member = z.object({
  tenant: TenantId,
  id: PersonId,
  name: z.string(),
  email: z.email(),
  roles: z.array(Role),
  active: z.boolean(),
});
export type Member = z.infer<typeof Member>;

/**
 * On whose behalf something is read or asked. Fixed by the server that opened the connection;
 * no tool argument can name it.
 */
export type Principal = {
  readonly tenant: TenantId;
  /** The human; null for an agent answering a business event. */
  readonly person: PersonId | null;
  readonly name: string;
  readonly kind: "person" | "agent";
  readonly capabilities: ReadonlySet<Capability>;
};
export type Capability = "read" | "propose";

/** A Slack account is only unique inside its workspace or enterprise. */
export type SlackAccount = { readonly team: string; readonly user: string };
