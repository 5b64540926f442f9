import { ActionGroup } from "#/domain/action.ts";
import { ApprovalKind } from "#/domain/decision.ts";
import type { Role } from "#/domain/member.ts";
import {
  type AuthorityMatrix,
  appliesTo,
  type Division,
  dividedLimit,
  divisionsOf,
} from "./authority-matrix.ts";

/*
 * A matrix becomes three kinds of rules: a permit for each role and kind of approval, a forbid for
 * each amount beyond which only higher roles may agree, and a curable forbid for each amount beyond
 * which more people must. More money can only add forbids, so it never lowers who must agree.
 */

/** The rules of a matrix, as text for a firm's own layer. Ids from T100 on. */
export function compileAuthority(matrix: AuthorityMatrix): string {
  const rules = [...permits(matrix), ...beyondLimits(matrix), ...quorums(matrix)];
  return rules.map((rule, index) => rule(100 + index)).join("\n\n");
}

type Rule = (number: number) => string;

const voteOn = {
  finance: "approveFinance",
  contract: "approveContract",
  delivery: "approveDelivery",
  administration: "approveAdministration",
};

const permits = ({ grants }: AuthorityMatrix): Rule[] =>
  grants.map(
    ({ approval, role, groups }): Rule =>
      (number) =>
        `@id("T${number}-${kebab(role)}-gives-${approval}")
@reason("${words(role)}s may give ${approval} approvals")
permit (principal in Ops::Role::"${role}", action == Ops::Action::"${voteOn[approval]}", resource)${
          groups === undefined ? "" : `\nwhen { ${inGroups(groups)} }`
        };`,
  );

/** Groups that have the same steps share a rule. */
function beyondLimits(matrix: AuthorityMatrix): Rule[] {
  return ApprovalKind.options.flatMap((approval) => {
    const steps = new Map<string, { groups: ActionGroup[]; limit: number; above: Role[] }>();
    for (const group of ActionGroup.options)
      for (const step of stepsOf(matrix, approval, group)) {
        const key = JSON.stringify(step);
        const known = steps.get(key);
        if (known) known.groups.push(group);
        else steps.set(key, { ...step, groups: [group] });
      }
    return [...steps.values()].flatMap(({ groups, limit, above }) =>
      divisionsOf(matrix).map((division): Rule => {
        const minor = dividedLimit(limit, division.by);
        const who =
          above.length === 0
            ? "nobody"
            : above
                .map((role) => words(role))
                .join(", ")
                .replace(/, ([^,]*)$/, " or $1");
        return (number) => `@id("T${number}-${approval}-beyond-${minor}")
@reason("Above ${amountText(minor)}${divisionText(division)} a ${approval} approval is for: ${who}")
forbid (principal, action == Ops::Action::"${voteOn[approval]}", resource)
when { ${[conditions(groups, division), `resource.amount.greaterThan(decimal("${decimalOf(minor)}"))`].filter(Boolean).join(" && ")} }${
          above.length === 0
            ? ""
            : `\nunless { principal in [${above.map((role) => `Ops::Role::"${role}"`).join(", ")}] }`
        };`;
      }),
    );
  });
}

/** Each limit, and the roles that reach beyond it. */
function stepsOf(
  { grants }: AuthorityMatrix,
  approval: ApprovalKind,
  group: ActionGroup,
): { limit: number; above: Role[] }[] {
  const rungs = grants.filter((grant) => grant.approval === approval && appliesTo(grant, group));
  const limits = [...new Set(rungs.flatMap(({ upTo }) => upTo ?? []))].toSorted((a, b) => a - b);
  return limits.map((limit) => ({
    limit,
    above: rungs.filter(({ upTo }) => upTo === null || upTo > limit).map(({ role }) => role),
  }));
}

const quorums = (matrix: AuthorityMatrix): Rule[] =>
  matrix.quorums.flatMap(({ group, approval, above, people }) =>
    divisionsOf(matrix).map((division): Rule => {
      const minor = dividedLimit(above, division.by);
      const only = divisionConditions(division);
      return (number) => `@id("T${number}-${people}-people-beyond-${minor}")
@cure("approval") @approval("${approval}") @count("${people}")
@reason("Above ${amountText(minor)}${divisionText(division)} ${people} different people must give a ${approval} approval")
forbid (principal, action in Ops::Action::"${group}", resource)
when { ${[only, `resource.amount.greaterThan(decimal("${decimalOf(minor)}"))`].filter(Boolean).join(" && ")} }
unless { context.approvals.${approval} >= ${people} };`;
    }),
  );

const conditions = (groups: readonly ActionGroup[], division: Division): string =>
  [
    groups.length === ActionGroup.options.length ? "" : inGroups(groups),
    divisionConditions(division),
  ]
    .filter(Boolean)
    .join(" && ");

const inGroups = (groups: readonly ActionGroup[]): string =>
  `[${groups.map((group) => `Ops::ActionGroup::"${group}"`).join(", ")}].contains(resource.group)`;

function divisionConditions({ actions, tier }: Division): string {
  const parts: string[] = [];
  if (actions !== "others")
    parts.push(`[${actions.map((id) => `"${id}"`).join(", ")}].contains(resource.catalogueId)`);
  if (tier === "unknown") parts.push("!(resource has clientTier)");
  else if (tier !== "any")
    parts.push(`resource has clientTier && resource.clientTier == Ops::ClientTier::"${tier}"`);
  return parts.join(" && ");
}

const divisionText = ({ actions, tier }: Division): string =>
  `${actions === "others" ? "" : ` for ${actions.join(" and ")}`}${
    tier === "any"
      ? ""
      : tier === "unknown"
        ? " for a client of unknown tier"
        : ` for a ${tier} client`
  }`;

const decimalOf = (minor: number): string =>
  `${Math.floor(minor / 100)}.${String(minor % 100).padStart(2, "0")}`;

/** `25,000` or `1,666.66`. */
export const amountText = (minor: number): string =>
  `${String(Math.floor(minor / 100)).replace(/\B(?=(\d{3})+$)/g, ",")}${
    minor % 100 === 0 ? "" : `.${String(minor % 100).padStart(2, "0")}`
  }`;

/** `PracticeDirector` → `practice director`. */
export const words = (role: string): string => role.replace(/(?<!^)([A-Z])/g, " $1").toLowerCase();
const kebab = (role: string): string => words(role).replaceAll(" ", "-");
