import { expect, test } from "vitest";
import { Role } from "#/domain/member.ts";
import { ladderAuthority } from "./authority-matrix.ts";
import { northwind, person } from "./rules/case.ts";
import { askedFirst, askedNext } from "./who-to-ask.ts";

const members = Role.options.map((role) => ({
  tenant: northwind,
  id: person(role),
  name: role,
  email: `${role.toLowerCase()}@firm.example`,
  roles: [role],
  active: true,
}));
const able = (...roles: Role[]) =>
  roles.map((role) => ({
    person: person(role),
    name: role,
    kind: "finance" as const,
    secondFactor: false,
    actingFor: null,
  }));
const ladder = { matrix: ladderAuthority, group: "financialWrite" as const, members };
const three = able("ChiefFinancialOfficer", "DeliveryLead", "PracticeDirector");

test("the nearest who reach far enough are asked, and as many rungs above as it takes", () => {
  expect(askedFirst({ ...ladder, able: three, need: { finance: 1 } })).toEqual(["DeliveryLead"]);
  expect(askedFirst({ ...ladder, able: three, need: { finance: 2 } })).toEqual([
    "DeliveryLead",
    "PracticeDirector",
  ]);
});

test("after them the next rung up, until nobody is left", () => {
  const question = { ...ladder, able: three, need: { finance: 1 } };
  const asked = new Set([person("DeliveryLead")]);
  expect(askedNext(question, asked)).toEqual(["PracticeDirector"]);
  expect(askedNext(question, asked.add(person("PracticeDirector")))).toEqual([
    "ChiefFinancialOfficer",
  ]);
  expect(askedNext(question, asked.add(person("ChiefFinancialOfficer")))).toEqual([]);
});

test("peers on one rung are asked together, and a firm without a ladder asks everybody", () => {
  const peers = able("FinanceController", "FinanceManager", "ChiefFinancialOfficer");
  const question = { ...ladder, able: peers, need: { finance: 1 } };
  expect(askedFirst(question)).toEqual(["FinanceController", "FinanceManager"]);
  expect(askedFirst({ ...question, matrix: undefined })).toHaveLength(3);
  expect(
    askedNext({ ...question, matrix: undefined }, new Set(peers.map((p) => p.person))),
  ).toEqual([]);
});
