import { describe, expect, test } from "vitest";
import type { BusinessCalendar } from "#/domain/business-time.ts";
import { isEffectMissing, isRefused } from "#/domain/run.ts";
import type { Connector } from "#/tools/ports.ts";
import { type FakeAnswer, type FakeTryton, fakeTryton } from "./fake-tryton.ts";
import { createTrytonClient } from "./tryton-client.ts";
import { createTrytonConnector } from "./tryton-connector.ts";
import { createRecord, type WriteOperation, writeOperations } from "./write-operations.ts";

const access = {
  url: "https://erp.firm.example/firm/",
  user: "copilot",
  password: "correct horse battery",
};
const calendar: BusinessCalendar = {
  zone: "Europe/Berlin",
  days: [1, 2, 3, 4, 5],
  opensAt: 540,
  closesAt: 1020,
  holidays: [],
};
const connect = (server: FakeTryton): Connector =>
  createTrytonConnector({ ...access, connection: "tryton", calendar, fetch: server.fetch });

describe("what may be written", () => {
  test.each(Object.entries<WriteOperation>(writeOperations))(
    "%s names no state, and says how a lost answer and an undo are handled",
    (_, operation) => {
      for (const field of operation.writes) expect(field).not.toMatch(/state|status|number|move/);
      expect(operation.undo).not.toBe("");
      // What may be repeated freely must at least be tied to the version that was read.
      expect([operation.idempotency, operation.guard]).not.toEqual(["natural", "none"]);
    },
  );

  test("P1: a field that is not on the list stops before any request", async () => {
    const server = fakeTryton(() => undefined);
    const client = createTrytonClient({ ...access, fetch: server.fetch });
    await expect(
      createRecord(client, "createNote", { message: "x", state: "done" }),
    ).rejects.toMatchObject({ code: "FIELD_NOT_WRITABLE" });
    expect(server.calls).toEqual([]);
  });
});

describe("issuing an invoice", () => {
  type Present = { state: string; number: string | null; move: number | null; _timestamp: string };
  const draft: Present = { state: "draft", number: null, move: null, _timestamp: "17.1" };
  const posted: Present = { state: "posted", number: "5", move: 6, _timestamp: "17.2" };
  const lineRow = {
    id: 7,
    invoice: 3,
    description: "M1",
    "product.": null,
    note: null,
    origin: null,
    amount: { __class__: "Decimal", decimal: "40000.00" },
    _timestamp: "17.0",
  };

  /** `press` answers the button and may change the invoice. */
  function invoiceServer(press: (set: (to: Present) => void) => FakeAnswer, start = draft) {
    let present = start;
    const server = fakeTryton((method) => {
      if (method === "model.account.invoice.search_read")
        return { result: [{ id: 3, ...present }] };
      if (method === "model.account.invoice.line.search_read") return { result: [lineRow] };
      if (method === "model.account.invoice.post")
        return press((to) => {
          present = to;
        });
      return undefined;
    });
    const presses = () => server.calls.filter(({ method }) => method.endsWith(".post"));
    const issue = (revision: string | null = null) =>
      connect(server).write.erp.issueInvoice({ key: "a".repeat(64), invoiceId: "3", revision });
    return { issue, presses };
  }

  test("presses the button once, with the version that was read", async () => {
    const { issue, presses } = invoiceServer((set) => {
      set(posted);
      return { result: null };
    });
    await issue();
    expect(presses()).toHaveLength(1);
    expect(presses()[0]?.params[0]).toEqual([3]);
    expect(presses()[0]?.params[1]).toMatchObject({ _timestamp: { "account.invoice,3": "17.1" } });
  });

  test("P4: an issued invoice is left alone", async () => {
    const { issue, presses } = invoiceServer(() => ({ result: null }), posted);
    await issue("some older version");
    expect(presses()).toEqual([]);
  });

  test("P3: another version than the approved one is refused before the press", async () => {
    const { issue, presses } = invoiceServer(() => ({ result: null }));
    await expect(issue("17.1~0000000000000000")).rejects.toMatchObject({
      name: "Refused",
      code: "conflict",
    });
    expect(presses()).toEqual([]);
  });

  test("a warning is never acknowledged by us", async () => {
    const { issue, presses } = invoiceServer(() => ({
      error: ["UserWarning", ["invoice_payment_term_3", "The invoice …", ""]],
    }));
    await expect(issue()).rejects.toMatchObject({ code: "needs-acknowledgement" });
    expect(presses()).toHaveLength(1);
  });

  test("a lock of the numbering is waited for, because nothing was written", async () => {
    let tries = 0;
    const { issue, presses } = invoiceServer((set) => {
      tries += 1;
      if (tries < 3)
        return {
          error: ['could not obtain lock on row in relation "ir_sequence_strict"\n', ""],
        };
      set(posted);
      return { result: null };
    });
    await issue();
    expect(presses()).toHaveLength(3);
  });

  test("P4: when a twin was faster, its effect counts", async () => {
    const { issue, presses } = invoiceServer((set) => {
      set(posted);
      return { error: ["ConcurrencyException", "Records were modified in the meanwhile"] };
    });
    await issue();
    expect(presses()).toHaveLength(1);
  });

  test("P4: a lost answer leaves the outcome open, even when the effect is there", async () => {
    const { issue } = invoiceServer((set) => {
      set(posted);
      return { status: 502 };
    });
    const error = await issue().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(isRefused(error)).toBe(false);
    await issue();
  });

  test("an ok without the effect is told, not believed", async () => {
    const { issue } = invoiceServer(() => ({ result: null }));
    expect(isEffectMissing(await issue().catch((thrown: unknown) => thrown))).toBe(true);
  });

  test("a posted invoice without number and ledger entry is not taken for issued", async () => {
    const byHand = { ...posted, number: null, move: null };
    const { issue } = invoiceServer(() => ({ result: null }), byHand);
    expect(isEffectMissing(await issue().catch((thrown: unknown) => thrown))).toBe(true);
  });
});

describe("drafts", () => {
  const key = "0123456789abcdef".repeat(4);
  const about = { system: "crm", type: "change-order", id: "2" } as const;

  /** Keeps notes like the server does; `lose` answers with an error after keeping one. */
  function noteServer(lose: () => boolean) {
    const notes: { id: number; message: string; resource: string }[] = [];
    const server = fakeTryton((method, params) => {
      if (method === "model.ir.note.search_read") {
        const [domain] = params as [unknown[][]];
        const last = Number(domain.at(-1)?.[2]);
        const resource = domain.find(([field]) => field === "resource")?.[2];
        return { result: notes.filter((note) => note.id > last && note.resource === resource) };
      }
      if (method !== "model.ir.note.create") return undefined;
      const [[values]] = params as [[{ message: string; resource: string }]];
      notes.push({ id: notes.length + 1, message: values.message, resource: values.resource });
      return lose() ? { status: 502 } : { result: [notes.length] };
    });
    return { notes, crm: connect(server).write.crm };
  }
  const draft = { key, about, subject: "Decision on CO-1", body: "Please decide.\n\nThank you." };

  test("P4: are found by their key after a lost answer, and never made twice", async () => {
    let lost = false;
    const { notes, crm } = noteServer(() => !lost && (lost = true));
    const error = await crm.createDraftMessage(draft).catch((thrown: unknown) => thrown);
    expect(isRefused(error)).toBe(false);
    expect(await crm.findDraftMessage(key, about)).toMatchObject({ externalId: "1" });
    const receipt = await crm.createDraftMessage(draft);
    expect(notes).toHaveLength(1);
    expect(receipt).toMatchObject({
      record: { system: "crm", type: "note", id: "1" },
      observed: { subject: draft.subject, body: draft.body },
    });
  });

  test("with the same key and other words are a conflict", async () => {
    const { notes, crm } = noteServer(() => false);
    await crm.createDraftMessage(draft);
    await expect(crm.createDraftMessage({ ...draft, body: "Please pay." })).rejects.toMatchObject({
      name: "Refused",
      code: "conflict",
    });
    expect(notes).toHaveLength(1);
  });

  test("of another key or another record are not found", async () => {
    const { crm } = noteServer(() => false);
    await crm.createDraftMessage(draft);
    expect(await crm.findDraftMessage("f".repeat(64), about)).toBeNull();
    expect(await crm.findDraftMessage(key, { ...about, id: "3" })).toBeNull();
  });

  test.each([
    ["a key that could widen the search", { key: "%" }],
    ["a subject of two lines", { subject: "a\nb" }],
    ["a record that takes no notes", { about: { ...about, type: "invoice" } }],
    ["an id that is none of Tryton's", { about: { ...about, id: "CO-9" } }],
  ])("%s is refused before anything is sent", async (_, change) => {
    const { notes, crm } = noteServer(() => false);
    await expect(crm.createDraftMessage({ ...draft, ...change })).rejects.toMatchObject({
      code: "INVALID_ARGUMENTS",
    });
    expect(notes).toEqual([]);
  });
});
