import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isRefused } from "#/domain/run.ts";
import { type Systems, startSystems } from "#/sandbox/systems/start-systems.ts";
import type { RecordSystems } from "#/tools/ports.ts";
import { createSandboxConnector } from "./sandbox-connector.ts";

const world: { systems?: Systems } = {};
const systems = (): Systems => {
  if (!world.systems) throw new Error("the systems do not run");
  return world.systems;
};
const connect = () => {
  const { psaUrl, crmUrl, erpUrl, hrisUrl, calendar } = systems();
  return createSandboxConnector({
    psaUrl,
    crmUrl,
    erpUrl,
    hrisUrl,
    calendar,
    token: "t",
    connection: "sandbox",
  });
};
const records = (): RecordSystems => {
  const { records: offered } = connect();
  if (!offered) throw new Error("no records");
  return offered;
};
const order = {
  kind: "task",
  key: "k-1",
  fields: { projectId: "PRJ-109", name: "Ask", dueOn: "2026-12-01" },
} as const;
const tasksMade = () =>
  systems()
    .control.records("task")
    .filter((task) => task["name"] === "Ask");

beforeEach(async () => {
  world.systems = await startSystems({ anchor: "2026-11-23", seed: "meridian", token: "t" });
});
afterEach(() => systems().close());

describe("a record made from outside", () => {
  test("is found by its key, read as its kind, and told in the feed as its newest change", async () => {
    const { writer, reader } = records();
    expect(await writer.findCreated("task", "k-1")).toBeNull();
    await writer.create(order);
    const made = await writer.findCreated("task", "k-1");
    expect(made).toMatchObject({ fields: { ...order.fields, state: "open" } });
    expect(await reader.read("task", made?.source.id ?? "")).toMatchObject({
      source: { revision: "1", system: "psa", type: "task" },
    });
    const told: string[] = [];
    for await (const { events } of connect().feed?.changes("psa", null) ?? [])
      told.push(...events.map(({ subject }) => subject.id));
    expect(told.at(-1)).toBe(made?.source.id);
  });

  test("is made once for its key: the second is refused, and a lost answer is found by it (P4)", async () => {
    const { writer } = records();
    systems().control.fault({
      face: "psa",
      kind: "lost-response",
      times: 1,
      match: "POST /objects/task",
    });
    const lost = await writer.create(order).catch((error: unknown) => error);
    expect(isRefused(lost)).toBe(false);
    expect(await writer.findCreated("task", "k-1")).not.toBeNull();
    const second = await writer.create(order).catch((error: unknown) => error);
    expect(isRefused(second) && second.code).toBe("conflict");
    expect(tasksMade()).toHaveLength(1);
  });

  test("points only at what is there, and carries no field that is not on the list", async () => {
    const { writer } = records();
    const nowhere = { ...order, fields: { ...order.fields, projectId: "PRJ-999" } };
    const refused = await writer.create(nowhere).catch((error: unknown) => error);
    expect(isRefused(refused) && refused.code).toBe("invalid");
    const more = { ...order, fields: { ...order.fields, state: "done" } };
    await expect(writer.create(more)).rejects.toMatchObject({ code: "FIELD_NOT_WRITABLE" });
    expect(tasksMade()).toEqual([]);
  });
});

test("a change holds for the version that was read, and for no other (P3)", async () => {
  const { writer, reader } = records();
  const [milestone] = await reader.where("milestone", "projectId", "PRJ-101");
  const { id, revision } = milestone?.source ?? { id: "", revision: null };
  const change = { kind: "milestone", id, fields: { forecastOn: "2027-03-01" } } as const;
  const stale = await writer.change({ ...change, revision: "99" }).catch((error: unknown) => error);
  expect(isRefused(stale) && stale.code).toBe("conflict");
  await writer.change({ ...change, revision: revision ?? "" });
  const after = await reader.read("milestone", id);
  expect(after?.fields["forecastOn"]).toBe("2027-03-01");
  expect(after?.source.revision).toBe(String(Number(revision) + 1));
  expect(after?.fields["due"]).toBe(milestone?.fields["due"]);
});

test("an item on a list of the HR system is made once and read back as it was written (P4)", async () => {
  const { workItems } = records();
  const item = {
    key: "k-9",
    system: "hris",
    type: "task",
    about: { system: "crm", type: "opportunity", id: "DEAL-02" },
    title: "Onboarding",
    details: "Two people",
    ownerEmail: "carla.mendes@meridian.example",
    dueOn: "2026-12-07",
  } as const;
  await workItems.create(item);
  expect(await workItems.find("k-9", "hris")).toMatchObject({
    observed: { title: "Onboarding", owner: item.ownerEmail, dueOn: item.dueOn },
  });
  expect(await workItems.find("k-9", "crm")).toBeNull();
  const second = await workItems.create(item).catch((error: unknown) => error);
  expect(isRefused(second) && second.code).toBe("conflict");
});
