import { ActionGroup } from "#/domain/action.ts";
import { ApprovalKind } from "#/domain/decision.ts";
import type { Role } from "#/domain/member.ts";
import { type AuthorityMatrix, dividedLimit, divisionsOf, reachOf } from "./authority-matrix.ts";
import { amountText, words } from "./compile-authority.ts";

const groupText: Readonly<Record<ActionGroup, string>> = {
  internalMessage: "message to a colleague",
  internalRecord: "internal record",
  clientVisible: "seen by the client",
  financialWrite: "money",
  contractChange: "contract",
  platform: "these rules",
};

/** The matrix for people: one Markdown table of who, what and how far, and what is asked beyond. */
export function authorityTable(matrix: AuthorityMatrix, currency: string): string {
  const rows = ApprovalKind.options.flatMap((approval) => rowsOf(matrix, approval));
  const asked = matrix.quorums.map(
    ({ group, approval, above, people }) =>
      `- Above ${amountText(above)} ${currency}, ${groupText[group]} needs ${people} different people (${approval}).`,
  );
  const divided = divisionsOf(matrix)
    .filter(({ by }) => by > 1)
    .map(({ actions, tier, by }) => {
      const which = actions === "others" ? "every action" : actions.join(" and ");
      const client =
        tier === "any" ? "" : tier === "unknown" ? ", client tier not known" : `, ${tier} client`;
      return `- ${which}${client}: every amount here divided by ${by}.`;
    });
  return [
    `| approval | role | up to (${currency}) | on |`,
    "|---|---|---|---|",
    ...rows,
    "",
    ...asked,
    ...divided,
  ].join("\n");
}

function rowsOf(matrix: AuthorityMatrix, approval: ApprovalKind): string[] {
  const roles = [
    ...new Set(matrix.grants.filter((each) => each.approval === approval).map(({ role }) => role)),
  ];
  const lines = roles.flatMap((role) => linesOf(matrix, approval, role));
  return lines
    .toSorted((a, b) => a.reach - b.reach)
    .map(
      ({ role, reach, groups }) =>
        `| ${approval} | ${words(role)} | ${Number.isFinite(reach) ? amountText(dividedLimit(reach, 1)) : "without limit"} | ${
          groups.length === ActionGroup.options.length
            ? "everything"
            : groups.map((group) => groupText[group]).join(", ")
        } |`,
    );
}

/** Groups in which a role reaches equally far share a line. */
function linesOf(matrix: AuthorityMatrix, approval: ApprovalKind, role: Role) {
  const reached = ActionGroup.options.flatMap((group) => {
    const reach = reachOf(matrix, [role], { approval, group });
    return reach === null ? [] : [{ group, reach }];
  });
  return [...Map.groupBy(reached, ({ reach }) => reach)].map(([reach, groups]) => ({
    role,
    reach,
    groups: groups.map(({ group }) => group),
  }));
}
