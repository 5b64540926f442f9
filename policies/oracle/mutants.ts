import { parsePolicies } from "../engine.ts";

/** One small, wrong change to the rules. */
export type Mutant = {
  /** `G03-…: == → != #1`: the policy, the change, and which of its places. */
  readonly name: string;
  readonly rules: string;
};

type Change = {
  readonly what: string;
  readonly find: RegExp;
  readonly into: (found: string) => string;
};

const to = (text: string) => (): string => text;
const add =
  (step: number) =>
  (found: string): string =>
    found.replace(/\d+/, (digits) => String(Number(digits) + step));

const groups = [
  "internalMessage",
  "internalRecord",
  "clientVisible",
  "financialWrite",
  "contractChange",
  "platform",
];
const votes = ["approveFinance", "approveContract", "approveDelivery", "approveAdministration"];
const roles = [
  "DeliveryLead",
  "FinanceManager",
  "ContractOwner",
  "Consultant",
  "Auditor",
  "Administrator",
];
const kinds = ["finance", "contract", "delivery", "administration"];

/** Each word of a list becomes the next one. */
const rotate = (words: readonly string[], around: (word: string) => string): Change[] =>
  words.map((word, index) => {
    const next = words[(index + 1) % words.length] ?? word;
    return {
      what: `${around(word)} → ${next}`,
      find: new RegExp(around(word).replaceAll(/[.()]/g, String.raw`\$&`), "g"),
      into: (found) => found.replace(word, next),
    };
  });

const changes: readonly Change[] = [
  { what: "forbid → permit", find: /^forbid/gm, into: to("permit") },
  { what: "permit → forbid", find: /^permit/gm, into: to("forbid") },
  { what: "when → unless", find: /^when/gm, into: to("unless") },
  { what: "unless → when", find: /^unless/gm, into: to("when") },
  { what: "number + 1", find: /(?:>=|<|>) \d+/g, into: add(1) },
  { what: "number - 1", find: /(?:>=|<) \d+/g, into: add(-1) },
  { what: ">= → >", find: />=/g, into: to(">") },
  { what: "> → >=", find: />(?!=)/g, into: to(">=") },
  { what: "< → <=", find: /<(?!=)/g, into: to("<=") },
  { what: "limit + 0.01", find: /25000\.00/g, into: to("25000.01") },
  { what: "limit - 0.01", find: /25000\.00/g, into: to("24999.99") },
  { what: "zero - 0.01", find: /"0\.00"/g, into: to('"-0.01"') },
  {
    what: "greaterThan → greaterThanOrEqual",
    find: /greaterThan\(/g,
    into: to("greaterThanOrEqual("),
  },
  { what: "lessThan → lessThanOrEqual", find: /lessThan\(/g, into: to("lessThanOrEqual(") },
  { what: "&& → ||", find: /&&/g, into: to("||") },
  { what: "|| → &&", find: /\|\|/g, into: to("&&") },
  // `action == …` and `principal == …` in the head only know ==.
  { what: "== → !=", find: /(?<!action )==/g, into: to("!=") },
  { what: "!= → ==", find: /!=/g, into: to("==") },
  { what: "first of the list dropped", find: /(?<=\[)\s*Ops::\w+::"\w+",/g, into: to("") },
  { what: "last of the list dropped", find: /,\s*Ops::\w+::"\w+"\s*(?=\])/g, into: to("") },
  { what: "containsAny → containsAll", find: /containsAny/g, into: to("containsAll") },
  {
    what: "is Human → is Agent",
    find: /principal is Ops::Human/g,
    into: to("principal is Ops::Agent"),
  },
  {
    what: "is Agent → is Human",
    find: /principal is Ops::Agent/g,
    into: to("principal is Ops::Human"),
  },
  {
    what: "negated",
    find: /(?:context|principal|resource)\.(?:active|recipientInternal|channelTrusted|local\.businessDay)/g,
    into: (found) => `!${found}`,
  },
  { what: "cure removed", find: /^@cure.*$/gm, into: to("") },
  { what: "count + 1", find: /@count\("\d+"\)/g, into: add(1) },
  { what: "count - 1", find: /@count\("\d+"\)/g, into: add(-1) },
  ...rotate(["editors", "beneficiaries", "movedPeople"], (word) => `resource.${word}`),
  ...rotate(kinds, (word) => `@approval("${word}")`),
  ...rotate(kinds, (word) => `context.approvals.${word}`),
  ...rotate(groups, (word) => `Action::"${word}"`),
  ...rotate(votes, (word) => `Action::"${word}"`),
  ...rotate(["approve", "execute"], (word) => `Action::"${word}"`),
  ...rotate(["read", "propose"], (word) => `Action::"${word}"`),
  ...rotate(roles, (word) => `Role::"${word}"`),
];

/** Every mutant of a policy text, in a fixed order. Some do not load: refused is as good as caught. */
export function mutantsOf(rules: string): Mutant[] {
  const policies = parsePolicies(rules).policies.map(({ text, annotations }) => ({
    id: annotations["id"] ?? "",
    text,
  }));
  const withText = (id: string, text: string): string =>
    policies.map((policy) => (policy.id === id ? text : policy.text)).join("\n\n");
  return policies.flatMap(({ id, text }) => [
    { name: `${id}: deleted`, rules: withText(id, "") },
    ...changes.flatMap(({ what, find, into }) =>
      [...text.matchAll(find)].map((found, place) => ({
        name: `${id}: ${what} #${place + 1}`,
        rules: withText(
          id,
          text.slice(0, found.index) + into(found[0]) + text.slice(found.index + found[0].length),
        ),
      })),
    ),
  ]);
}
