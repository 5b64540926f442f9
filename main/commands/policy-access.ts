import { parseArgs } from "node:util";
import type { AccessReview } from "#/workflows/review-access.ts";
import { readConfig } from "../config.ts";
import { complain, perform, say } from "./perform.ts";

/** Who may approve what, for an auditor. That it was made is a line of the audit. */
export async function accessCommand([what, ...args]: readonly string[]): Promise<number> {
  if (what !== "review") return complain("Say: countersign access review [--json|--csv]");
  const { values } = parseArgs({
    args,
    options: { json: { type: "boolean" }, csv: { type: "boolean" } },
  });
  const review = (await perform(readConfig(), "access-review", null)) as AccessReview;
  if (values.json) say(JSON.stringify(review));
  else for (const line of values.csv ? csvOf(review) : linesOf(review)) say(line);
  return 0;
}

type Reach = AccessReview["people"][number]["mayApprove"][number];
const amount = (limit: string | null): string => limit ?? "no limit";

function linesOf(review: AccessReview): string[] {
  const { people, delegations, currency, policySetHash, madeBy, madeAt } = review;
  const stale = people.filter((person) => person.stale.length > 0);
  return [
    `Who may approve what, by policy set ${policySetHash.slice(0, 12)}; made by ${madeBy}, ${madeAt}`,
    "",
    ...people
      .filter(({ mayApprove }) => mayApprove.length > 0)
      .flatMap(({ name, roles, mayApprove }) => [
        `${name} (${roles.join(", ")})`,
        ...[...Map.groupBy(mayApprove, reachText)].map(
          ([text, of]) =>
            `  ${text.replaceAll("$", currency)} on ${[...new Set(of.map(scope))].join(", ")}`,
        ),
      ]),
    "",
    ...review.needs.map(
      ({ action, group, above, need, effect }) =>
        `${group} (${action}) above ${above}: ${
          Object.entries(need)
            .map(([kind, count]) => `${count} ${kind}`)
            .join(", ") || effect
        }`,
    ),
    "",
    ...(delegations.length === 0 ? ["No delegations."] : []),
    ...delegations.map(
      ({ id, away, standIn, startsAt, endsAt, state }) =>
        `${id} ${state}: ${standIn} for ${away}, ${startsAt.slice(0, 10)} to ${endsAt.slice(0, 10)}`,
    ),
    "",
    `${stale.length} of ${people.length} people have something stale.`,
    ...stale.map(
      ({ name, roles, stale: why }) => `  ${name} (${roles.join(", ")}): ${why.join("; ")}`,
    ),
  ];
}

const reachText = ({ approval, upTo, withoutCode }: Reach): string =>
  `${approval} up to ${amount(upTo)}${upTo === null ? "" : " $"}${
    withoutCode === upTo ? "" : `, without a one-time code up to ${amount(withoutCode)}`
  }`;
const scope = ({ group }: Reach): string => group;

/** One line for each person and approval; people who may approve nothing have one line too. */
export function csvOf({ people, delegations }: AccessReview): string[] {
  const rows = people.flatMap((person) => {
    const { name, email, roles, active, lastVote, lastSeen, stale, mayApprove } = person;
    const of = (reach: Reach | null): (string | null)[] => [
      "person",
      person.person,
      name,
      email,
      roles.join(" "),
      active ? "active" : "left",
      reach?.approval ?? "",
      reach?.group ?? "",
      reach?.action ?? "",
      reach ? amount(reach.upTo) : "",
      reach ? amount(reach.withoutCode) : "",
      lastVote,
      lastSeen,
      stale.join("; "),
    ];
    return mayApprove.length === 0 ? [of(null)] : mayApprove.map(of);
  });
  const acting = delegations.map(({ id, away, standIn, startsAt, endsAt, state }) => [
    "delegation",
    id,
    `${standIn} for ${away}`,
    ...Array<string>(8).fill(""),
    startsAt,
    endsAt,
    state,
  ]);
  return [head.split(","), ...rows, ...acting].map((row) => row.map(cell).join(","));
}

const head =
  "what,id,name,email,roles,state,approval,group,action,up_to,up_to_without_code,last_vote,last_seen,stale";

/** Quoted, and never a formula of whoever opens it in a spreadsheet. */
const cell = (value: string | null): string =>
  `"${(value ?? "").replace(/^[=+\-@\t\r]/, "'$&").replaceAll('"', '""')}"`;
