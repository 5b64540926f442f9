import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { addDays } from "../firm/firm-days.ts";
import { createBooks } from "./books.ts";
import { leftAlone, openFirmBeside } from "./firm-beside.ts";
import { liveChanges } from "./live-changes.ts";
import { type Systems, type SystemsOptions, startSystems } from "./start-systems.ts";
import { openWorld } from "./world.ts";

const token = "sandbox-token";
const secret = "sandbox-secret";
const seed = "meridian";
const anchor = "2026-11-23";
const clock = () => new Date("2026-11-23T10:00:00.000Z");
const headers = { authorization: `Bearer ${token}` };
const ana = "TS-101-akovac-2026-11-02";
const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo();
});

async function start(options: Partial<SystemsOptions> = {}): Promise<Systems> {
  const systems = await startSystems({ anchor, seed, token, firm: "S", clock, ...options });
  cleanUp.push(() => systems.close());
  return systems;
}
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "sandbox-"));
  cleanUp.push(() => rmSync(path, { recursive: true }));
  return path;
}

type Change = {
  id: string;
  type: string;
  recorded_at: string;
  subject: { kind: string; id: string };
  version: number;
  related: { type: string; id: string }[];
  changed: Record<string, unknown>;
};
type Page = { events: Change[]; cursor: string; more: boolean };

const urlsOf = (s: Systems) => [s.psaUrl, s.crmUrl, s.erpUrl, s.hrisUrl, s.itsmUrl, s.messengerUrl];
const ask = async (url: string): Promise<unknown> => (await fetch(url, { headers })).json();
async function read(url: string, after: string | null = null, limit = 5_000) {
  const events: Change[] = [];
  let [cursor, more] = [after, true];
  while (more) {
    const query = new URLSearchParams({
      limit: String(limit),
      ...(cursor ? { after: cursor } : {}),
    });
    const page = (await ask(`${url}/changes?${query.toString()}`)) as Page;
    events.push(...page.events);
    ({ cursor, more } = page);
  }
  return { events, cursor: cursor ?? "" };
}
type ObjectNow = { version: number; fields: Record<string, unknown> };
const objectOf = async (url: string, kind: string, id: string) =>
  (await ask(`${url}/objects/${kind}/${id}`)) as ObjectNow;

describe("the feed", () => {
  test("tells everything once, in the order of recording, whatever the size of a page", async () => {
    const systems = await start();
    for (const url of urlsOf(systems)) {
      const { events } = await read(url);
      expect(events.length).toBeGreaterThan(20);
      expect((await read(url, null, 37)).events.map(({ id }) => id)).toEqual(
        events.map(({ id }) => id),
      );
      const times = events.map(({ recorded_at }) => recorded_at);
      expect(times).toEqual(times.toSorted());
    }
  });

  test("numbers the changes of each record from 1 without a gap, and ends in the record as it is", async () => {
    const systems = await start();
    for (const url of urlsOf(systems)) {
      const held = new Map<string, { version: number; fields: Record<string, unknown> }>();
      for (const { subject, version, changed } of (await read(url)).events) {
        const key = `${subject.kind} ${subject.id}`;
        const before = held.get(key) ?? { version: 0, fields: {} };
        expect([key, version]).toEqual([key, before.version + 1]);
        held.set(key, { version, fields: { ...before.fields, ...changed } });
      }
      for (const [key, { version, fields }] of [...held].filter((_, index) => index % 40 === 0)) {
        const [kind = "", id = ""] = key.split(" ");
        expect(await objectOf(url, kind, id)).toMatchObject({ version, fields });
      }
    }
  });

  test("a cursor is good after a restart, and of no use in another firm's history", async () => {
    const kept = folder();
    const first = await start({ folder: kept });
    const { cursor } = await read(first.psaUrl);
    first.control.advance({ days: 2 });
    first.control.acceptMilestone("MS-101-1");
    const since = await read(first.psaUrl, cursor);
    expect(since.events.length).toBeGreaterThan(1);
    await first.close();
    const second = await start({ folder: kept });
    expect(await read(second.psaUrl, cursor)).toEqual(since);
    const other = await start({ seed: "other" });
    const refused = await fetch(`${other.psaUrl}/changes?after=${cursor}`, { headers });
    expect(refused.status).toBe(410);
    expect((await fetch(`${other.psaUrl}/changes?after=rubbish`, { headers })).status).toBe(422);
    expect((await fetch(`${other.psaUrl}/changes?limit=5001`, { headers })).status).toBe(422);
    expect((await fetch(`${other.psaUrl}/changes`)).status).toBe(401);
  });

  test("keeps to its own system: nobody else's records are there", async () => {
    const { erpUrl, psaUrl } = await start();
    expect((await fetch(`${erpUrl}/objects/project/PRJ-101`, { headers })).status).toBe(404);
    expect((await fetch(`${psaUrl}/objects/project/PRJ-101`, { headers })).status).toBe(200);
    expect((await fetch(`${psaUrl}/objects/project/PRJ-999`, { headers })).status).toBe(404);
  });
});

describe("what people do", () => {
  test.each(["story", "S"] as const)("a new world (%s) has nothing left to tell", (firm) => {
    for (let day = 0; day < 7; day += 1) {
      const world = openWorld({ anchor: addDays(anchor, day), seed, firm, folder: null, clock });
      const at = world.now().toISOString();
      expect(liveChanges(world.state(), world.books, { at, today: anchor })).toEqual([]);
    }
  });

  test("each act is the next version of its record, and answers the approval that waited", async () => {
    const { control, psaUrl, erpUrl, crmUrl } = await start({ firm: "story" });
    const [psa, erp, crm] = await Promise.all([read(psaUrl), read(erpUrl), read(crmUrl)]);
    const before = await objectOf(psaUrl, "timesheet-week", ana);
    control.submitTimesheet(ana, 20);
    control.approveTimesheet(ana);
    control.acceptMilestone("MS-101-1");
    control.decideChangeOrder("CR-101-1", "approve");
    control.approveInvoice("SI-1047", "fbrandt");
    control.amendInvoice("SI-1048", "1", 9_000);
    control.cancelInvoice("SI-1049");
    const told = (await read(psaUrl, psa.cursor)).events;
    expect(told.map(({ type }) => type)).toEqual([
      "timesheet-week.submitted",
      "approval.requested",
      "approval.approved",
      "timesheet-week.approved",
      "milestone.accepted",
      "approval.approved",
    ]);
    expect(told[0]?.version).toBe(before.version + 1);
    expect(told[0]?.changed).toEqual({
      state: "submitted",
      loggedMinutes: 1_200,
      billableMinutes: 1_200,
      submittedOn: anchor,
    });
    expect(told[0]?.related).toContainEqual({
      type: "project",
      id: "PRJ-101",
      qualifier: "project",
    });
    expect((await read(crmUrl, crm.cursor)).events.map(({ changed }) => changed)).toEqual([
      { state: "approved", decidedOn: anchor },
    ]);
    expect((await read(erpUrl, erp.cursor)).events.map(({ type }) => type)).toEqual([
      "invoice.approved",
      "invoice-line.corrected",
      "invoice.recalculated",
      "invoice.cancelled",
    ]);
    expect((await objectOf(erpUrl, "invoice", "SI-1049")).fields).toMatchObject({ netCents: 0 });
    // 9,000 euros and 19 percent.
    expect((await objectOf(erpUrl, "invoice", "SI-1048")).fields).toMatchObject({
      totalCents: 1_071_000,
    });
  });

  test("a firm kept by a version that knew only the story is told what changed before", () => {
    const kept = folder();
    const old = openWorld({ anchor, seed, firm: "story", folder: null, clock }).state();
    const { journal: _, beside: __, ...state } = structuredClone(old);
    const milestone = state.milestones.find(({ id }) => id === "MS-101-1");
    if (milestone) milestone.acceptedOn = anchor;
    writeFileSync(join(kept, "sandbox-systems.json"), JSON.stringify({ shape: 1, state }));
    const world = openWorld({ anchor: "2027-01-01", seed, firm: "S", folder: kept, clock });
    expect(world.books.find("milestone", "MS-101-1")?.acceptedOn).toBe(anchor);
    expect(world.shelf.all("projects").length).toBe(40);
    expect(() => openWorld({ anchor, seed, firm: "M", folder: kept, clock })).toThrow(/size S/);
  });
});

describe("the simulated firm", () => {
  test("lives on from where it was: the same days in one step or in many", () => {
    const beside = { size: "S", anchor: "2026-11-22" } as const;
    const steps = openFirmBeside(seed, beside);
    const shown = [0, 1, 2, 3, 9].flatMap((days) => steps.showUntil(addDays(beside.anchor, days)));
    const once = openFirmBeside(seed, beside).showUntil(addDays(beside.anchor, 9));
    expect(shown).toEqual(once);
    expect(new Set(shown.map(({ id }) => id)).size).toBe(shown.length);
  });

  test("a day that passes is told to the feeds and by webhooks, and survives a restart", async () => {
    const { url, bodies } = await receiver();
    const kept = folder();
    const first = await start({ folder: kept, webhook: { url, secret } });
    expect(first.control.shownUntil()).toBe("2026-11-22");
    const before = await Promise.all(urlsOf(first).map((each) => read(each)));
    const { events, shownUntil } = first.control.advance({ days: 1 });
    await first.control.webhooksSettled();
    const after = await Promise.all(
      urlsOf(first).map((each, index) => read(each, before[index]?.cursor)),
    );
    const fresh = after.flatMap((page) => page.events);
    expect([fresh.length, shownUntil]).toEqual([events, "2026-11-23"]);
    expect(events).toBeGreaterThan(20);
    expect(new Set(bodies.map(({ id }) => id))).toEqual(new Set(fresh.map(({ id }) => id)));
    const state = first.control.state();
    await first.close();
    const second = await start({ folder: kept });
    expect(second.control.state().journal).toEqual(state.journal);
    expect(second.control.shownUntil()).toBe("2026-11-23");
    expect(() => second.control.advance({ days: 0 })).toThrow("days");
    const story = await start({ firm: "story" });
    expect(() => story.control.advance({ days: 1 })).toThrow("story");
  });

  test("keeps up with the clock by itself, and never ahead of it", async () => {
    const later = await start({ clock: () => new Date("2026-11-27T10:00:00.000Z") });
    expect(later.control.shownUntil()).toBe("2026-11-26");
    const { events } = await read(later.psaUrl);
    expect(events.filter(({ recorded_at }) => recorded_at > "2026-11-27T10")).toEqual([]);
  });

  test("what somebody took into their hands is left to them", async () => {
    const systems = await start();
    systems.control.advance({ days: 8 });
    const drafts = (await ask(`${systems.erpUrl}/invoices?limit=500`)) as {
      items: { id: string; status: string; etag: string; project_ref: string }[];
    };
    const draft = drafts.items.find(
      ({ id, status }) => id.startsWith("SI-P") && ["open_draft", "released"].includes(status),
    );
    const issued = await fetch(`${systems.erpUrl}/invoices/${draft?.id}/issue`, {
      method: "POST",
      headers: { ...headers, "if-match": `"${draft?.etag}"` },
    });
    expect(issued.status).toBe(200);
    const before = await objectOf(systems.erpUrl, "invoice", draft?.id ?? "");
    expect(before.fields).toMatchObject({ state: "issued", ledgerState: "posted" });
    systems.control.advance({ days: 60 });
    expect(await objectOf(systems.erpUrl, "invoice", draft?.id ?? "")).toEqual(before);
    expect(systems.control.postingsOf(draft?.id ?? "")).toBe(1);
    expect(leftAlone([], new Set(["invoice x"]), createBooks())).toEqual([]);
  });
});

describe("delivering again", () => {
  test("goes wrong as often as it is told to, and the same way each time", async () => {
    const { url, bodies, forged } = await receiver();
    const { control } = await start({ webhook: { url, secret } });
    const rates = { duplicate: 0.3, lost: 0.2, reorder: 0.3, badSignature: 0.1, delayed: 0 };
    const sent = control.replayDeliveries({ rates, days: 14 });
    await control.webhooksSettled();
    expect(sent.events).toBeGreaterThan(200);
    expect(bodies.length + forged()).toBe(sent.deliveries);
    expect(forged()).toBe(sent.forged);
    for (const [what, share] of [
      [sent.duplicates / (sent.events - sent.lost), 0.3],
      [sent.lost / sent.events, 0.2],
      [sent.forged / sent.deliveries, 0.1],
    ] as const)
      expect(Math.abs(what - share)).toBeLessThan(0.1);
    const times = bodies.map(({ occurredAt }) => occurredAt);
    expect(times).not.toEqual(times.toSorted());
    const first = bodies.splice(0);
    control.replayDeliveries({ rates, days: 14 });
    await control.webhooksSettled();
    expect(bodies).toEqual(first);
    expect(() => control.replayDeliveries({ rates: { lost: 2 } })).toThrow("share");
  });
});

type Told = { id: string; occurredAt: string };

async function receiver() {
  const bodies: Told[] = [];
  let refused = 0;
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString("utf8")));
    request.on("end", () => {
      const good = isSigned(request.headers, body);
      if (good) bodies.push(JSON.parse(body) as Told);
      else refused += 1;
      response.writeHead(good ? 204 : 401).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanUp.push(() => new Promise((resolve) => server.close(resolve)));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return { url: `http://127.0.0.1:${port}/`, bodies, forged: () => refused };
}

function isSigned(sent: Record<string, unknown>, body: string): boolean {
  const digest = createHmac("sha256", secret)
    .update(`${String(sent["x-sandbox-timestamp"])}.${body}`)
    .digest("hex");
  return sent["x-sandbox-signature"] === `v1=${digest}`;
}
