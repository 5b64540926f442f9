import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { ActionGroup } from "#/domain/action.ts";
import { ApprovalKind } from "#/domain/decision.ts";
import { CountersignError } from "#/domain/errors.ts";
import { Role } from "#/domain/member.ts";
import { ClientTier } from "#/domain/proposal.ts";

/** Minor units of the firm's base currency; null: without limit. */
const Limit = z.int().positive().nullable();
const ActionName = z.string().regex(/^R\d{2}$/, "an action is R01 to R99");

/**
 * Who may agree to what, up to which amount: role × action group × amount × client. Data of a firm;
 * `compileAuthority` makes rules of it, `authorityTable` a table for people.
 */
export const AuthorityMatrix = z.strictObject({
  name: z.string().min(1).max(80),
  grants: z
    .array(
      z.strictObject({
        approval: ApprovalKind,
        role: Role,
        /** Left out: every group. */
        groups: z.array(ActionGroup).min(1).optional(),
        upTo: Limit,
      }),
    )
    .min(1),
  /** Above an amount, this many different people. */
  quorums: z.array(
    z.strictObject({
      group: ActionGroup,
      approval: ApprovalKind,
      above: z.int().nonnegative(),
      people: z.int().min(2).max(9),
    }),
  ),
  /** Actions for which every amount above is divided: credit notes and write-offs by five. */
  divided: z.array(z.strictObject({ actions: z.array(ActionName).min(1), by: z.int().min(2) })),
  /** The same for clients. A client whose tier is not known counts as the strictest. */
  clients: z.array(z.strictObject({ tier: ClientTier, by: z.int().min(1) })),
});
export type AuthorityMatrix = z.infer<typeof AuthorityMatrix>;
export type Grant = AuthorityMatrix["grants"][number];

/** Reads a matrix from a settings file. Throws CONFIG_INVALID with every problem. */
export function readAuthority(text: string): AuthorityMatrix {
  const refuse = (problems: readonly string[]): never => {
    throw new CountersignError("CONFIG_INVALID", {
      problems: problems.map((problem) => `  ✖ AUTHORITY_FILE ${problem}`).join("\n"),
    });
  };
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    return refuse(["is not valid JSON"]);
  }
  const parsed = AuthorityMatrix.safeParse(given);
  if (!parsed.success)
    return refuse(parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`));
  const problems = contradictions(parsed.data);
  return problems.length > 0 ? refuse(problems) : parsed.data;
}

function contradictions({ grants, divided, clients }: AuthorityMatrix): string[] {
  const actions = divided.flatMap((each) => each.actions);
  const tiers = clients.map(({ tier }) => tier);
  const lines = grants.flatMap(({ approval, role, groups }) =>
    (groups ?? ActionGroup.options).map((group) => `${role} twice for ${approval} on ${group}`),
  );
  const twice = (list: readonly string[]) => list.filter((each, at) => list.indexOf(each) !== at);
  return [
    ...twice(lines).map((line) => `grants: ${line}`),
    ...twice(actions).map((action) => `divided: ${action} twice`),
    ...twice(tiers).map((tier) => `clients: ${tier} twice`),
  ];
}

const shipped = (name: string): AuthorityMatrix =>
  readAuthority(readFileSync(join(import.meta.dirname, "rules", name), "utf8"));

/** The rules that a firm starts with, as a matrix. */
export const startingAuthority: AuthorityMatrix = shipped("authority-default.json");
/** A ladder from project manager to chief financial officer, for a firm to make its own. */
export const ladderAuthority: AuthorityMatrix = shipped("authority-ladder.json");

/** What divides every amount for one kind of change and client. */
export type Division = {
  /** Named actions, or all. */
  readonly actions: readonly string[] | "others";
  /** A tier, `unknown`, or `any` where the matrix does not ask. */
  readonly tier: ClientTier | "unknown" | "any";
  readonly by: number;
};

/** Every division there is. `others` holds for all actions; a division that names some is stricter. */
export function divisionsOf({ divided, clients }: AuthorityMatrix): Division[] {
  const kinds = [
    { actions: "others" as const, by: 1 },
    ...divided.map(({ actions, by }) => ({ actions, by })),
  ];
  const strictest = Math.max(1, ...clients.map(({ by }) => by));
  const tiers =
    clients.length === 0
      ? [{ tier: "any" as const, by: 1 }]
      : [
          ...ClientTier.options.map((tier) => ({
            tier,
            by: clients.find((each) => each.tier === tier)?.by ?? 1,
          })),
          { tier: "unknown" as const, by: strictest },
        ];
  return kinds.flatMap((kind) =>
    tiers.map(({ tier, by }) => ({ actions: kind.actions, tier, by: kind.by * by })),
  );
}

/** Divided limits are cut to the cent, never rounded up. */
export const dividedLimit = (minor: number, by: number): number => Math.floor(minor / by);

export const appliesTo = ({ groups }: Grant, group: ActionGroup): boolean =>
  groups === undefined || groups.includes(group);

/** How far the roles of a person reach: their highest limit in minor units; null for none at all. */
export function reachOf(
  { grants }: AuthorityMatrix,
  roles: readonly Role[],
  { approval, group }: { approval: ApprovalKind; group: ActionGroup },
): number | null {
  const limits = grants
    .filter((grant) => grant.approval === approval && appliesTo(grant, group))
    .filter(({ role }) => roles.includes(role))
    .map(({ upTo }) => upTo ?? Number.POSITIVE_INFINITY);
  return limits.length === 0 ? null : Math.max(...limits);
}
