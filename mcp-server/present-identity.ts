import type { Capability, Principal } from "#/domain/member.ts";
import { scopeOf } from "./caller.ts";
import type { Presented } from "./present-invoice.ts";
import { inline } from "./wire-text.ts";

/** What each right opens, in the caller's words. */
const adds: Readonly<Record<Capability, string>> = {
  read: "the portfolio, KPIs and cases, late invoices with causes and evidence, proposals",
  propose: "remediation_propose: file a proposal for people to decide",
};

type Identity = {
  readonly principal: Principal;
  readonly obtainable?: ReadonlySet<Capability>;
  readonly client?: string | null;
};

export function presentIdentity({ principal, obtainable, client }: Identity): Presented {
  const all: readonly Capability[] = ["read", "propose"];
  const missing = all
    .filter((right) => !principal.capabilities.has(right))
    .map((right) => ({
      right,
      adds: adds[right],
      how: obtainable?.has(right)
        ? `consent to the scope ${scopeOf[right]}`
        : "ask an administrator for a role that has it",
    }));
  const { tenant, name, kind, person } = principal;
  const rights = all.filter((right) => principal.capabilities.has(right));
  const text = [
    `${inline(name)} (${kind}) at ${tenant}. Rights: ${rights.join(", ") || "none"}.`,
    ...missing.map((m) => `- Without ${m.right}: no ${m.adds}. To get it, ${m.how}.`),
    "Approving and running are not rights of this door: people decide in Slack.",
  ].join("\n");
  return { facts: { tenant, name, kind, person, client: client ?? null, rights, missing }, text };
}
