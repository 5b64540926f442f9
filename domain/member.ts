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
  "ProjectManager",
  "PracticeDirector",
  "FinanceController",
  "ChiefFinancialOfficer",
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
  /** The other account of the same human. Two accounts of one person count once. */
  sameHumanAs: PersonId.nullable().optional(),
});
export type Member = z.infer<typeof Member>;

/** Every account of the human behind one of them, itself included. Links lead to one level or many. */
export function accountsOf(
  id: PersonId,
  members: readonly Pick<Member, "id" | "sameHumanAs">[],
): PersonId[] {
  const known = new Set([id]);
  for (let before = 0; before < known.size; ) {
    before = known.size;
    for (const { id: one, sameHumanAs: other } of members)
      if (other && (known.has(one) || known.has(other))) known.add(one).add(other);
  }
  return [...known].toSorted();
}

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
