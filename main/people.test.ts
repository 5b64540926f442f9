import { expect, test } from "vitest";
import { TenantId } from "#/domain/ids.ts";
import { readPeople } from "./people.ts";

const firm = TenantId.parse("sample");
const entry = (id: string, more: object = {}) => ({
  id,
  name: id,
  email: `${id}@firm.example`,
  roles: ["FinanceManager"],
  ...more,
});

test("two accounts of one human are linked, and a link to nobody is refused by name", () => {
  const people = readPeople(
    JSON.stringify([entry("fi", { sameHumanAs: "fiona" }), entry("fiona")]),
    firm,
  );
  expect(people.map(({ id, sameHumanAs }) => [id, sameHumanAs])).toEqual([
    ["fi", "fiona"],
    ["fiona", undefined],
  ]);
  expect(() => readPeople(JSON.stringify([entry("fi", { sameHumanAs: "flora" })]), firm)).toThrow(
    "PEOPLE_FILE 0.sameHumanAs: nobody in the list has the id flora",
  );
});
