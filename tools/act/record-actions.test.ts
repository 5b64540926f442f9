import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ActionId } from "#/domain/action.ts";
import { PersonId, TenantId } from "#/domain/ids.ts";
import { parseRef } from "#/domain/record.ts";
import { isRefused, Refused } from "#/domain/run.ts";
import { carryOutStep } from "./carry-out-step.ts";
import { payloadOf, previewAction } from "./catalogue.ts";
import { unsafeForClient } from "./client-safe.ts";
import { calendar, fakeSystems } from "./fake-systems.ts";

function firm() {
  const world = fakeSystems();
  const { records } = world.systems;
  if (!records) throw new Error("no records");
  const preview = (action: ActionId, text: string, note: string | null = null) => {
    const target = parseRef(text);
    if (!target) throw new Error(text);
    return previewAction(
      { action, target, note },
      { look: world.systems, records: records.reader, calendar, openBlockers: async () => [] },
    );
  };
  const run = async (action: ActionId, target: string, key = "k-1") =>
    carryOutStep(
      payloadOf(await preview(action, target), {
        tenant: TenantId.parse("sample"),
        projectLead: PersonId.parse("dana"),
      }),
      { key, systems: world.systems, attempted: false, settleMs: 50 },
    );
  const rows = (kind: string) => world.data.rows.filter((row) => row.kind === kind);
  const change = (kind: string, fields: object) => {
    for (const row of rows(kind)) Object.assign(row.fields, fields);
  };
  return { ...world, records, preview, run, rows, change };
}

const refused = (words: RegExp) => ({
  code: "PRECONDITION_FAILED",
  message: expect.stringMatching(words),
});

describe("R29, a project from the template", () => {
  test("carries the deal, its seats and its first tasks, all linked to the project (WF-27, WF-28)", async () => {
    const { run, rows } = firm();
    const receipt = await run("R29", "crm:opportunity:O-1");
    const made = rows("project").find((row) => row.fields["opportunityId"] === "O-1");
    expect(made?.fields).toMatchObject({
      name: "Second phase",
      contractValueCents: 9_000_000,
      budgetMinutes: 38_571,
      plannedStartOn: "2026-11-23",
      leadId: "E-9",
    });
    expect(receipt.record.id).toBe(made?.source.id);
    const linked = [...rows("staffing-request"), ...rows("task")];
    expect(linked).toHaveLength(5);
    expect(linked.every((row) => row.fields["projectId"] === made?.source.id)).toBe(true);
  });

  test("two proposals of two keys still make one project: the deal is the key (P4)", async () => {
    const { preview, systems, rows } = firm();
    const payload = payloadOf(await preview("R29", "crm:opportunity:O-1"), {
      tenant: TenantId.parse("sample"),
      projectLead: null,
    });
    for (const key of ["one", "two", "three"])
      await carryOutStep(payload, { key, systems, attempted: false, settleMs: 50 });
    expect(rows("project")).toHaveLength(2);
    await expect(preview("R29", "crm:opportunity:O-1")).rejects.toMatchObject(
      refused(/a project stands for the deal/),
    );
  });

  test("a part that is refused later is no clean refusal, and a second run completes it", async () => {
    const { preview, systems, records, rows } = firm();
    const payload = payloadOf(await preview("R29", "crm:opportunity:O-1"), {
      tenant: TenantId.parse("sample"),
      projectLead: null,
    });
    let refusals = 1;
    const writer: typeof records.writer = {
      ...records.writer,
      async create(order) {
        if (order.kind === "task" && refusals-- > 0) throw new Refused("invalid", "not today");
        return records.writer.create(order);
      },
    };
    const halting = { ...systems, records: { ...records, writer } };
    const step = { key: "k", attempted: false, settleMs: 50 };
    const failure = await carryOutStep(payload, { ...step, systems: halting }).catch(
      (error: unknown) => error,
    );
    expect(isRefused(failure)).toBe(false);
    expect(String(failure)).toMatch(/stands, and task-1 was refused/);
    await carryOutStep(payload, { ...step, systems: halting, attempted: true });
    expect([rows("project").length, rows("task").length]).toEqual([2, 3]);
  });

  test("is not proposed for a deal that is not won, or that renews", async () => {
    const { preview, change } = firm();
    change("opportunity", { stage: "negotiation" });
    await expect(preview("R29", "crm:opportunity:O-1")).rejects.toMatchObject(refused(/not won/));
    change("opportunity", { stage: "won", renewalOfContractId: "CT-1" });
    await expect(preview("R29", "crm:opportunity:O-1")).rejects.toMatchObject(refused(/renews/));
  });
});

describe("R19, the forecast", () => {
  test("says what is left at the pace so far, and keeps the report before it (WF-33)", async () => {
    const { preview, run, rows } = firm();
    const shown = await preview("R19", "psa:project:P-1");
    // 30,000 minutes for 40 %: 45,000 for the other 60 %.
    expect(shown.effects.find(({ field }) => field.endsWith("remainingMinutes"))).toMatchObject({
      before: 36_000,
      after: 45_000,
    });
    await run("R19", "psa:project:P-1");
    expect(rows("progress-report").map((row) => row.fields["remainingMinutes"])).toEqual([
      36_000, 45_000,
    ]);
  });

  test("concludes nothing from nothing, and repeats no forecast", async () => {
    const { preview, change } = firm();
    for (const percentComplete of [0, 100]) {
      change("project", { percentComplete });
      await expect(preview("R19", "psa:project:P-1")).rejects.toMatchObject(
        refused(/nothing can be concluded/),
      );
    }
    change("project", { percentComplete: 40 });
    change("progress-report", { remainingMinutes: 45_000 });
    await expect(preview("R19", "psa:project:P-1")).rejects.toMatchObject(refused(/already/));
  });
});

describe("the others", () => {
  test("R20 moves the next milestone by the days the lead reports, never the contract's date", async () => {
    const { run, rows } = firm();
    await run("R20", "psa:project:P-1");
    expect(rows("milestone")[0]?.fields).toMatchObject({
      forecastOn: "2026-12-11",
      due: "2026-11-27",
      baselineOn: "2026-11-27",
    });
  });

  test.each([
    ["project", { reportedHealth: "amber" }],
    ["ticket", { state: "closed" }],
    ["contact", { role: "team" }],
    ["silence", { on: "2026-11-16" }],
  ])(
    "R26 needs all three signs at their sources: without the %s there is none (CAU-05)",
    async (kind, fields) => {
      const { preview, change } = firm();
      await expect(preview("R26", "crm:client:C-1")).resolves.toBeDefined();
      change(kind === "silence" ? "contact" : kind, fields);
      await expect(preview("R26", "crm:client:C-1")).rejects.toMatchObject(
        refused(/one of the three signs is gone/),
      );
    },
  );

  test("R05 waits until the request has waited long enough", async () => {
    const { preview, change } = firm();
    const shown = await preview("R05", "psa:approval:AP-1");
    expect(shown.effects[0]?.record.id).toBe("mara@firm.example");
    change("approval", { requestedAt: "2026-11-20T09:00:00Z" });
    await expect(preview("R05", "psa:approval:AP-1")).rejects.toMatchObject(refused(/4 business/));
  });

  test("without records of the operating model every one of them refuses in words", async () => {
    const { systems } = firm();
    const target = { system: "psa", type: "project", id: "P-1" } as const;
    await expect(
      previewAction(
        { action: "R19", target, note: null },
        { look: systems, records: null, calendar, openBlockers: async () => [] },
      ),
    ).rejects.toMatchObject(refused(/offer no such change/));
  });
});

describe("R36, the draft to a client", () => {
  test("tells nothing of money or people's affairs, whoever puts it there (WF-30)", async () => {
    const { preview, change } = firm();
    const shown = await preview("R36", "crm:opportunity:O-1");
    expect(unsafeForClient(JSON.stringify(shown.effects))).toBeNull();
    for (const note of ["Our margin is fine", "It costs EUR 5,000", "Ana is on sick leave"])
      await expect(preview("R36", "crm:opportunity:O-1", note)).rejects.toMatchObject(
        refused(/not for a client/),
      );
    change("opportunity", { name: "Rescue after budget overrun" });
    await expect(preview("R36", "crm:opportunity:O-1")).rejects.toMatchObject(
      refused(/budget overrun/),
    );
  });

  test("an amount is found in every usual spelling", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("EUR ", "€", "$", "USD ", "£ "),
        fc.integer({ min: 1, max: 9_999_999 }),
        (currency, value) => {
          expect(unsafeForClient(`It is ${currency}${value} in all`)).not.toBeNull();
          expect(unsafeForClient(`Done: ${value % 100} %, next on 2026-12-01`)).toBeNull();
        },
      ),
    );
  });
});
