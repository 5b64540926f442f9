import { globSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ActionId } from "#/domain/action.ts";
import { canonicalJson } from "#/domain/canonical-json.ts";
import { PersonId, TenantId } from "#/domain/ids.ts";
import { Payload } from "#/domain/proposal.ts";
import { parseRef, type RecordRef } from "#/domain/record.ts";
import { isEffectMissing, isRefused, Refused } from "#/domain/run.ts";
import { carryOut, carryOutStep } from "./carry-out-step.ts";
import { actionOf, catalogue, declarations, payloadOf, previewAction } from "./catalogue.ts";
import type { PreviewNeeds } from "./define-action.ts";
import { calendar, type Fault, fakeSystems } from "./fake-systems.ts";

const targets: Readonly<Record<ActionId, RecordRef>> = {
  R01: ref("psa:timesheet-week:TW-1"),
  R03: ref("psa:approval:AP-1"),
  R05: ref("psa:approval:AP-1"),
  R08: ref("erp:invoice:INV-1"),
  R14: ref("psa:milestone:M-1"),
  R16: ref("crm:change-order:CO-1"),
  R19: ref("psa:project:P-1"),
  R20: ref("psa:project:P-1"),
  R23: ref("psa:assignment:A-1"),
  R26: ref("crm:client:C-1"),
  R27: ref("psa:project:P-1"),
  R29: ref("crm:opportunity:O-1"),
  R36: ref("crm:opportunity:O-1"),
  R37: ref("crm:opportunity:O-1"),
  R38: ref("psa:project:P-1"),
};

/** A template is several records; every other action is one effect. */
const effectsOf = (id: ActionId): number => (id === "R29" ? 6 : 1);

function ref(text: string): RecordRef {
  const parsed = parseRef(text);
  if (!parsed) throw new Error(text);
  return parsed;
}

function setUp(blockers: readonly string[] = []) {
  const world = fakeSystems();
  const needs: PreviewNeeds = {
    look: world.systems,
    records: world.systems.records?.reader ?? null,
    calendar,
    openBlockers: async () => blockers,
  };
  const preview = (action: ActionId, note: string | null = null) =>
    previewAction({ action, target: targets[action], note }, needs);
  const approve = async (action: ActionId, note: string | null = null): Promise<Payload> => {
    const payload = payloadOf(await preview(action, note), {
      tenant: TenantId.parse("sample"),
      projectLead: PersonId.parse("dana"),
    });
    expect(Payload.parse(payload)).toEqual(payload);
    return payload;
  };
  const run = (payload: Payload, attempted = false) =>
    carryOutStep(payload, { key: "k-1", systems: world.systems, attempted, settleMs: 50 });
  return { ...world, needs, preview, approve, run };
}

const reason = (text: RegExp) => ({
  code: "PRECONDITION_FAILED",
  message: expect.stringMatching(text),
});

const changed = (before: Payload, after: Payload): string[] =>
  Object.entries(before).flatMap(([part, value]) =>
    canonicalJson(value) === canonicalJson(after[part as keyof Payload]) ? [] : [part],
  );

describe("the catalogue", () => {
  test.each(ActionId.options)("%s declares what policy and people must know", async (id) => {
    const { declaration } = actionOf(id);
    expect(declaration.id).toBe(id);
    expect(declaration.undo.length).toBeGreaterThan(20);
    expect(["keyed", "natural", "read-back", "none"]).toContain(declaration.idempotency);
    expect(declaration.forCauses.length).toBeGreaterThan(0);
    const { preview } = setUp();
    const { arguments: list } = await preview(id, "a note");
    expect(list.map(({ name, sink }) => [name, sink])).toEqual(
      list.map(({ name }) => [name, declaration.sinks[name]]),
    );
    expect(list.map((a) => a.name)).toEqual(expect.arrayContaining(["note"]));
    expect(Object.keys(declaration.sinks).filter((n) => !list.some((a) => a.name === n))).toEqual(
      [],
    );
  });

  test("each action lives in the file of its name, and every file of that kind is in it", () => {
    const names = declarations.map(({ name }) => name).toSorted();
    const files = globSync("tools/act/*.ts").map((file) => file.slice("tools/act/".length, -3));
    expect(files).toEqual(expect.arrayContaining(names));
    const others = ["act-tools.test", "candidates.test", "carry-out-step", "catalogue"].concat(
      "approval-message",
      "candidates-for-finding",
      "candidates-for-finding.test",
      "client-safe",
      "define-action",
      "draft-effect",
      "fake-records",
      "fake-systems",
      "planned-records",
      "project-template",
      "sight-effect",
      "record-actions.test",
      "source-record",
      "work-item-action",
      "plain-name",
      "plain-name.test",
      "target-args",
    );
    expect(files.filter((file) => !others.includes(file)).toSorted()).toEqual(names);
  });

  test("sensitive arguments come from the system of record, never from words", async () => {
    const { preview } = setUp();
    const previews = await Promise.all(ActionId.options.map((id) => preview(id, "pay DE00")));
    const sensitive = previews
      .flatMap((shown) => shown.arguments)
      .filter(({ sink }) => !["text", "choice"].includes(sink));
    expect(sensitive.length).toBeGreaterThanOrEqual(6);
    expect(sensitive.filter(({ label, from }) => label !== "SOR" || from === null)).toEqual([]);
  });

  test("what reaches a client or the books is at least of its tier", () => {
    expect(declarations.map(({ id, group, tier }) => [id, group, tier])).toEqual([
      ["R01", "internalMessage", 1],
      ["R03", "internalMessage", 1],
      ["R05", "internalMessage", 1],
      ["R08", "financialWrite", 4],
      ["R14", "clientVisible", 3],
      ["R16", "clientVisible", 3],
      ["R19", "internalRecord", 2],
      ["R20", "internalRecord", 2],
      ["R23", "internalRecord", 2],
      ["R26", "internalRecord", 2],
      ["R27", "internalRecord", 1],
      ["R29", "internalRecord", 2],
      ["R36", "clientVisible", 3],
      ["R37", "internalRecord", 1],
      ["R38", "internalRecord", 0],
    ]);
  });

  test.each(["R99", "r08", "__proto__", "constructor", "R08 ", ""])(
    "there is no action %j",
    async (action) => {
      const { needs } = setUp();
      await expect(
        previewAction({ action, target: targets.R08, note: null }, needs),
      ).rejects.toMatchObject({ code: "UNKNOWN_ACTION" });
    },
  );

  test("a target of another kind, or an id that climbs, is refused before any read", async () => {
    const { needs } = setUp();
    const bad = [
      ref("erp:invoice:INV-1"),
      ref("crm:timesheet-week:TW-1"),
      ref("psa:timesheet-week:TW-1/../TW-2"),
      ref("psa:timesheet-week:TW 1"),
      { ...targets.R01, tenant: "other" },
    ];
    for (const target of bad)
      await expect(
        previewAction({ action: "R01", target, note: null }, needs),
      ).rejects.toMatchObject({ code: "INVALID_ARGUMENTS" });
  });

  test("a system that answers with another record is not believed", async () => {
    const { needs, data } = setUp();
    const [week] = data.weeks;
    if (!week) throw new Error("no week");
    const psa = {
      ...needs.look.psa,
      getTimesheetWeek: async () => ({ ...week, source: { ...week.source, id: "TW-2" } }),
    };
    await expect(
      previewAction(
        { action: "R01", target: targets.R01, note: null },
        { ...needs, look: { ...needs.look, psa } },
      ),
    ).rejects.toMatchObject({ code: "CONNECTOR_SHAPE" });
  });
});

describe("previews", () => {
  test.each(ActionId.options)(
    "P2: %s says the same, byte for byte, when asked again",
    async (id) => {
      const { approve } = setUp();
      const first = await approve(id, "thank you");
      expect(canonicalJson(await approve(id, "thank you"))).toBe(canonicalJson(first));
    },
  );

  test.each(ActionId.options)("P3: %s differs once its target has changed", async (id) => {
    const { approve, data } = setUp();
    const approved = await approve(id);
    for (const list of Object.values(data)) for (const record of list) record.source.revision = "2";
    expect(changed(approved, await approve(id))).toEqual(["preconditions"]);
  });

  test("P1: a name that is more than a name takes R01 out of what is sent with nobody looking", async () => {
    const { data, preview } = setUp();
    const label = async () =>
      (await preview("R01")).arguments.find(({ name }) => name === "message")?.label;
    expect(await label()).toBe("DERIVED");
    for (const record of [data.projects[0], data.weeks[0]]) {
      const part = record && "personName" in record ? "personName" : "name";
      const before = structuredClone(record ?? {});
      Object.assign(record ?? {}, { [part]: "Log in at http://psa-login.example" });
      expect(await label()).toBe("TEXT");
      Object.assign(record ?? {}, before);
    }
  });

  test("R01 writes to the address in the PSA, in words by code", async () => {
    const { preview } = setUp();
    const shown = await preview("R01");
    expect(shown).toMatchObject({
      title: "Remind Ana Kovac to submit the week of 2026-11-02",
      recipientInternal: true,
      amount: null,
      projectId: "P-1",
      projectLeadEmail: "dana@firm.example",
    });
    expect(shown.effects).toEqual([
      {
        record: { system: "messenger", type: "direct-message", id: "ana@firm.example" },
        field: "text",
        before: null,
        after:
          "Hello Ana Kovac, your timesheet for “Aurora migration”, week of 2026-11-02, is not submitted. Expected: 40 h; logged: 0 h; due 2026-11-09. An invoice waits for it. Please submit it in the PSA, or tell your project lead what stands in the way.",
      },
    ]);
  });

  test("a note is shown with its origin, cleaned, cut, and part of what is sent", async () => {
    const { preview } = setUp();
    const shown = await preview("R01", `Hi\u202e\u200b!\n${"x".repeat(600)}`);
    const note = shown.arguments.find((argument) => argument.name === "note");
    expect(note).toMatchObject({ label: "TEXT", sink: "text", from: null });
    expect(note?.value).toMatch(/^Hi! x+…$/);
    expect(String(note?.value)).toHaveLength(500);
    expect(String(shown.effects[0]?.after)).toContain(`\n\nNote: ${String(note?.value)}`);
    expect((await preview("R01", " \u200b ")).arguments.some((a) => a.name === "note")).toBe(false);
  });

  test.each([
    ["submitted", { state: "submitted" as const }, /already submitted/],
    ["not expected", { expectedMinutes: 0 }, /nothing was expected/],
    ["not due", { dueOn: "2026-11-23" }, /not late yet/],
    ["without an address", { personEmail: null }, /no e-mail address/],
  ])("R01 makes no sense for a week that is %s", async (_, change, text) => {
    const { preview, data } = setUp();
    Object.assign(data.weeks[0] ?? {}, change);
    await expect(preview("R01")).rejects.toMatchObject(reason(text));
  });

  test.each([
    ["not delivered", { deliveredOn: null }, /not delivered/],
    ["accepted", { acceptedOn: "2026-11-12" }, /was accepted on 2026-11-12/],
    ["accepted by silence", { deemedAcceptedAfterDays: 5 }, /by silence since 2026-11-17/],
  ])("R14 makes no sense for a milestone that is %s", async (_, change, text) => {
    const { preview, data } = setUp();
    Object.assign(data.milestones[0] ?? {}, change);
    await expect(preview("R14")).rejects.toMatchObject(reason(text));
  });

  test("R14 drafts for the client, names the clause that still runs, and sends nothing", async () => {
    const { preview, data } = setUp();
    Object.assign(data.milestones[0] ?? {}, { deemedAcceptedAfterDays: 10 });
    const shown = await preview("R14");
    expect(shown.recipientInternal).toBe(false);
    expect(shown.effects.map((e) => [e.field, e.after])).toEqual([
      ["draft.subject", "Acceptance of “Cutover”"],
      [
        "draft.body",
        "We delivered “Cutover” of “Aurora migration” on 2026-11-10, and we have no acceptance from you yet. It was due on 2026-11-02. Under our contract it counts as accepted after 2026-11-24 unless you object. Please confirm the acceptance, or tell us what is missing.",
      ],
    ]);
  });

  test.each([
    ["draft", /draft that the client has not received/],
    ["approved", /already approved/],
    ["rejected", /already rejected/],
    ["executed", /already executed/],
  ] as const)("R16 makes no sense for a change order that is %s", async (state, text) => {
    const { preview, data } = setUp();
    Object.assign(data.changeOrders[0] ?? {}, { state });
    await expect(preview("R16")).rejects.toMatchObject(reason(text));
  });

  test("R08 shows the total that will be billed, the net beside it, and binds to both", async () => {
    const { preview } = setUp();
    const shown = await preview("R08");
    expect(shown).toMatchObject({
      title: "Release invoice AUR-10 to Aurora Health",
      amount: { minor: 4_760_000, currency: "EUR" },
      effects: [{ field: "state", before: "draft", after: "issued" }],
      undo: "Credit note only: an issued invoice stays in the books.",
    });
    expect(shown.arguments.map((a) => [a.name, a.value])).toEqual([
      ["invoice", "INV-1"],
      ["client", "Aurora Health"],
      ["total", "EUR 47,600.00"],
      ["net", "EUR 40,000.00"],
    ]);
    expect(shown.preconditions[0]?.asserted.map((a) => a.field)).toEqual([
      "state",
      "total",
      "net",
      "clientId",
      "lines",
    ]);
  });

  test("R08 notices one changed line although the totals stay", async () => {
    const { approve, data } = setUp();
    const approved = await approve("R08");
    Object.assign(data.invoices[0]?.lines[0] ?? {}, { text: "Something else" });
    expect(changed(approved, await approve("R08"))).toEqual(["preconditions"]);
  });

  test.each([
    ["issued", { state: "issued" as const }, /already issued/],
    ["empty", { lines: [] }, /no lines/],
    ["of nothing", { total: { minor: 0, currency: "EUR" } }, /not above zero/],
    ["in two currencies", { net: { minor: 1, currency: "USD" } }, /more than one currency/],
  ])("R08 makes no sense for an invoice that is %s", async (_, change, text) => {
    const { preview, data } = setUp();
    Object.assign(data.invoices[0] ?? {}, change);
    await expect(preview("R08")).rejects.toMatchObject(reason(text));
  });

  test("R08 is refused while anything holds the invoice back, and says what", async () => {
    const { preview } = setUp(["Ana is missing.", "CO-1 is open.", "M-1 is open.", "And more."]);
    await expect(preview("R08")).rejects.toMatchObject(
      reason(/Ana is missing; CO-1 is open; M-1 is open; and 1 more/),
    );
  });
});

describe("P4: exactly one effect", () => {
  test.each(ActionId.options)("%s runs once and proves its effect", async (id) => {
    const { approve, run, effects } = setUp();
    const receipt = await run(await approve(id, "a note"));
    expect(receipt.externalId).not.toBe("");
    expect(effects).toHaveLength(effectsOf(id));
  });

  test.each(ActionId.options)("%s sent again with its key changes nothing more", async (id) => {
    const { approve, run, effects } = setUp();
    const payload = await approve(id);
    const first = await run(payload);
    expect(await run(payload, true)).toMatchObject({ externalId: first.externalId });
    expect(effects).toHaveLength(effectsOf(id));
  });

  test.each(ActionId.options)("%s with a lost response ends with one effect", async (id) => {
    const { approve, run, effects, world } = setUp();
    const payload = await approve(id);
    world.fault = "lost-response";
    await run(payload).catch(() => null);
    const receipt = await run(payload, true);
    expect(receipt.externalId).not.toBe("");
    expect(effects).toHaveLength(effectsOf(id));
  });

  test("a lost response is looked up at once where the target can be read", async () => {
    const { approve, run, effects, world } = setUp();
    const payload = await approve("R08");
    world.fault = "lost-response";
    expect((await run(payload)).observed).toMatchObject({ state: "issued", ledgerEntry: "GL-42" });
    expect(effects).toEqual(["issue INV-1"]);
  });

  test.each(ActionId.options)(
    "%s with no connection is unknown, not refused, and can be tried again",
    async (id) => {
      const { approve, run, effects, world } = setUp();
      const payload = await approve(id);
      world.fault = "unreachable";
      const error = await run(payload).catch((e: unknown) => e);
      expect([isRefused(error), isEffectMissing(error)]).toEqual([false, false]);
      expect(effects).toEqual([]);
      await run(payload, true);
      expect(effects).toHaveLength(effectsOf(id));
    },
  );

  test.each(["R14", "R16"] as const)(
    "P4: %s waits for a former call that the target still works on, and adds nothing to it",
    async (id) => {
      const { approve, run, effects } = setUp();
      const payload = await approve(id);
      // The former attempt, which has hung up, arrives only now.
      const former = new Promise((resolve) => setTimeout(resolve, 15)).then(() => run(payload));
      const [found] = await Promise.all([run(payload, true), former]);
      expect(found.externalId).not.toBe("");
      expect(effects).toHaveLength(effectsOf(id));
    },
  );

  test("P4: a refusal that a former call causes by acting just then is no refusal", async () => {
    const { approve, run, effects, data, systems } = setUp();
    const payload = await approve("R08");
    Object.assign(data.invoices[0]?.source ?? {}, { revision: "locked" });
    const former = new Promise((resolve) => setTimeout(resolve, 15)).then(() =>
      systems.erpWriter.issueInvoice({ key: "k-1", invoiceId: "INV-1", revision: "locked" }),
    );
    const [found] = await Promise.all([run(payload, true), former]);
    expect(found.observed).toMatchObject({ state: "issued" });
    expect(effects).toEqual(["issue INV-1"]);
  });

  test("a stale revision is refused and nothing is written", async () => {
    const { approve, run, effects, data } = setUp();
    const payload = await approve("R08");
    Object.assign(data.invoices[0]?.source ?? {}, { revision: "9" });
    const error = await run(payload).catch((e: unknown) => e);
    expect(isRefused(error)).toBe(true);
    expect(effects).toEqual([]);
  });

  test.each(["R08", "R14", "R16"] as const)(
    "%s answered with success and no effect is EffectMissing",
    async (id) => {
      const { approve, run, world } = setUp();
      const payload = await approve(id);
      world.fault = "no-effect";
      const error = await run(payload).catch((e: unknown) => e);
      expect(isEffectMissing(error)).toBe(true);
    },
  );

  test("an invoice issued over another amount is EffectMissing, also without number or ledger entry", async () => {
    const wrongTotal = setUp();
    wrongTotal.world.issuedTotal = 1;
    await expect(wrongTotal.run(await wrongTotal.approve("R08"))).rejects.toSatisfy(
      isEffectMissing,
    );
    for (const half of [{ number: null }, { ledgerEntry: null }]) {
      const { approve, run, data, systems } = setUp();
      const payload = await approve("R08");
      await systems.erpWriter.issueInvoice({ key: "x", invoiceId: "INV-1", revision: "1" });
      Object.assign(data.invoices[0] ?? {}, half);
      await expect(run(payload, true)).rejects.toSatisfy(isEffectMissing);
    }
  });

  test("P2: what is sent is what was approved, not what the record says now", async () => {
    const { approve, run, data } = setUp();
    const payload = await approve("R01");
    Object.assign(data.weeks[0] ?? {}, { personEmail: "mallory@else.example" });
    expect((await run(payload)).observed).toEqual({
      email: "ana@firm.example",
      text: payload.effects[0]?.after,
    });
  });
});

describe("the other classes", () => {
  const { systems } = fakeSystems();
  const withClass = (idempotency: "none" | "keyed", send: () => Promise<void>) => ({
    ...catalogue.R01,
    declaration: { ...catalogue.R01.declaration, idempotency },
    find: async () => null,
    send,
  });

  test("an action that cannot be repeated or found is never tried twice by itself", async () => {
    const { approve } = setUp();
    let sent = 0;
    const action = withClass("none", async () => void (sent += 1));
    const payload = await approve("R01");
    await expect(carryOut(action, payload, { key: "k", systems, attempted: true })).rejects.toThrow(
      /a person must look/,
    );
    expect(sent).toBe(0);
  });

  test("a refusal after an attempt of unknown outcome is no proof that nothing was written", async () => {
    const { approve } = setUp();
    const refuse = async () => {
      throw new Refused("conflict", "already there");
    };
    const payload = await approve("R01");
    const outcome = (attempted: boolean) =>
      carryOut(withClass("keyed", refuse), payload, { key: "k", systems, attempted }).catch(
        (error: unknown) => isRefused(error),
      );
    expect(await outcome(false)).toBe(true);
    expect(await outcome(true)).toBe(false);
  });

  test("each fault that is armed fires", async () => {
    const faults: Fault[] = ["lost-response", "unreachable", "no-effect"];
    for (const fault of faults) {
      const { approve, run, world } = setUp();
      const payload = await approve("R16");
      world.fault = fault;
      await run(payload).catch(() => null);
      expect(world.fault).toBe("none");
    }
  });
});
