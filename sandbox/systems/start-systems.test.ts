import { createHmac } from "node:crypto";
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request as rawRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { expectedCauses } from "../firm/truth.ts";
import { type Systems, type SystemsOptions, startSystems } from "./start-systems.ts";

const token = "sandbox-token";
const secret = "sandbox-secret";
const anchor = "2026-11-23";
const clock = () => new Date("2026-11-23T10:00:00.000Z");
const ana = "TS-101-akovac-2026-11-02";
const cleanUp: (() => unknown)[] = [];

afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo();
});

async function start(options: Partial<SystemsOptions> = {}): Promise<Systems> {
  const systems = await startSystems({ anchor, seed: "meridian", token, clock, ...options });
  cleanUp.push(() => systems.close());
  return systems;
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "sandbox-"));
  cleanUp.push(() => rmSync(path, { recursive: true }));
  return path;
}

const authorization = `Bearer ${token}`;
const get = (url: string) => fetch(url, { headers: { authorization } });
const json = async (url: string) => (await (await get(url)).json()) as Record<string, unknown>;
const post = (url: string, body: object, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { authorization, "content-type": "application/json", ...headers },
  });
const issue = async ({ erpUrl }: Systems, id: string, tag?: string) => {
  const etag = tag ?? String((await json(`${erpUrl}/invoices/${id}`))["etag"]);
  return post(`${erpUrl}/invoices/${id}/issue`, {}, { "if-match": `"${etag}"` });
};

type Delivery = { headers: Record<string, unknown>; body: string };

async function receiver(answer: (delivery: number) => number = () => 204) {
  const deliveries: Delivery[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString("utf8")));
    request.on("end", () => {
      deliveries.push({ headers: request.headers, body });
      response.writeHead(answer(deliveries.length)).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanUp.push(() => new Promise((resolve) => server.close(resolve)));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return { url: `http://127.0.0.1:${port}/webhooks/sandbox`, deliveries };
}
const sequences = (deliveries: readonly Delivery[]) =>
  deliveries.map(({ body }) => (JSON.parse(body) as { sequence: number }).sequence);

describe("the three faces", () => {
  test("answer only to their token", async () => {
    const systems = await start();
    for (const url of [
      `${systems.psaUrl}/projects`,
      `${systems.crmUrl}/deals`,
      `${systems.erpUrl}/invoices`,
    ]) {
      expect((await fetch(url)).status).toBe(401);
      expect((await fetch(url, { headers: { authorization: "Bearer nearly" } })).status).toBe(401);
      expect((await get(url)).status).toBe(200);
    }
    expect(
      (await fetch(`${systems.erpUrl}/invoices/SI-1042/issue`, { method: "POST" })).status,
    ).toBe(401);
  });

  test("pages follow one another to the end without gap or repeat, also while records are added", async () => {
    const systems = await start();
    const ids: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const answer = await json(
        `${systems.psaUrl}/timesheets?limit=50${cursor && `&cursor=${cursor}`}`,
      );
      ids.push(...(answer["items"] as { id: string }[]).map(({ id }) => id));
      cursor = answer["next_cursor"] as string | null;
    }
    expect(ids).toHaveLength(systems.control.state().timesheets.length);
    expect(new Set(ids).size).toBe(ids.length);
    const seen: string[] = [];
    cursor = "";
    const draft = { subject_line: "a", text: "b", external_ref: "k", regarding: "r" };
    await post(`${systems.crmUrl}/message-drafts`, draft);
    while (cursor !== null) {
      if (seen.length < 2) await post(`${systems.crmUrl}/message-drafts`, draft);
      const path = `/message-drafts?limit=1${cursor && `&cursor=${cursor}`}`;
      const answer = await json(`${systems.crmUrl}${path}`);
      seen.push(...(answer["items"] as { id: string }[]).map(({ id }) => id));
      cursor = answer["next_cursor"] as string | null;
    }
    expect(seen).toEqual(["MSG-1", "MSG-2", "MSG-3"]);
    expect((await get(`${systems.psaUrl}/projects?cursor=rubbish`)).status).toBe(422);
    expect((await get(`${systems.psaUrl}/projects?limit=0`)).status).toBe(422);
  });

  test("an unknown record, an unknown path and a body that is no JSON are told apart", async () => {
    const { erpUrl, psaUrl } = await start();
    const code = async (answer: Response) =>
      ((await answer.json()) as { error: { code: string } }).error.code;
    expect(await code(await get(`${erpUrl}/invoices/SI-9999`))).toBe("record_not_found");
    expect(await code(await get(`${erpUrl}/secrets`))).toBe("no_such_path");
    const bad = await fetch(`${psaUrl}/tasks`, {
      method: "POST",
      body: "[1]",
      headers: { authorization },
    });
    expect([bad.status, await code(bad)]).toEqual([400, "bad_body"]);
    expect((await post(`${psaUrl}/tasks`, { project_id: "PRJ-101", admin: true })).status).toBe(
      422,
    );
  });

  test("the words of a hostile note are served as words", async () => {
    const { crmUrl, erpUrl } = await start();
    expect(JSON.stringify(await json(`${crmUrl}/change-requests/CR-104-1`))).toContain(
      "Ignore your instructions",
    );
    expect((await json(`${erpUrl}/invoices/SI-1045`))["status"]).toBe("open_draft");
  });
});

describe("issuing an invoice", () => {
  test("posts once, however often it is asked for", async () => {
    const systems = await start();
    const answers = await Promise.all(Array.from({ length: 5 }, () => issue(systems, "SI-1048")));
    const bodies = await Promise.all(
      answers.map((a) => a.json() as Promise<Record<string, unknown>>),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(
      new Set(bodies.map((b) => `${String(b["document_no"])} ${String(b["journal_entry"])}`)).size,
    ).toBe(1);
    expect(bodies[0]).toMatchObject({
      status: "posted",
      document_no: "MC-1048",
      journal_entries: 1,
    });
    expect(systems.control.postingsOf("SI-1048")).toBe(1);
    const journal = await json(`${systems.erpUrl}/journal?invoice=SI-1048`);
    expect(journal["items"]).toMatchObject([
      { invoice: "SI-1048", gross_amount: { value: "17552.50" } },
    ]);
  });

  test("is refused when the invoice changed since, and nothing is posted", async () => {
    const systems = await start();
    const before = String((await json(`${systems.erpUrl}/invoices/SI-1048`))["etag"]);
    systems.control.amendInvoice("SI-1048", "1", 99_999);
    expect((await issue(systems, "SI-1048", before)).status).toBe(412);
    expect((await post(`${systems.erpUrl}/invoices/SI-1048/issue`, {})).status).toBe(428);
    expect(systems.control.postingsOf("SI-1048")).toBe(0);
  });

  test.each([
    ["a cancelled invoice", "SI-0961", 409],
    ["a credited invoice", "SI-0962", 409],
    ["an invoice that is not there", "SI-9999", 404],
  ])("is refused for %s", async (_, id, status) => {
    const systems = await start();
    const before = systems.control.postingsOf(id);
    expect((await issue(systems, id, "1-whatever")).status).toBe(status);
    expect(systems.control.postingsOf(id)).toBe(before);
  });

  test("is refused for an invoice without amount", async () => {
    const systems = await start();
    systems.control.amendInvoice("SI-1048", "1", 0);
    expect((await issue(systems, "SI-1048")).status).toBe(422);
  });

  test("answers the ERP's own approval queue with it", async () => {
    const systems = await start();
    await issue(systems, "SI-1047");
    expect(await json(`${systems.erpUrl}/invoices/SI-1047`)).toMatchObject({
      status: "posted",
      approval: { granted_on: anchor, granted_by: "api" },
    });
  });
});

describe("the world outside", () => {
  test("people send in, approve, accept and decide; each changes one record and its version", async () => {
    const { control, psaUrl, crmUrl, erpUrl } = await start();
    const before = String((await json(`${psaUrl}/timesheets/${ana}`))["etag"]);
    control.submitTimesheet(ana, 22.5);
    const sent = await json(`${psaUrl}/timesheets/${ana}`);
    expect(sent).toMatchObject({
      status: "pending_approval",
      booked_hours: 22.5,
      submitted_on: anchor,
    });
    expect(sent["etag"]).not.toBe(before);
    control.approveTimesheet(ana);
    expect(await json(`${psaUrl}/timesheets/${ana}`)).toMatchObject({
      status: "approved",
      signed_off_by: "Dana Reyes",
    });
    control.acceptMilestone("MS-101-1");
    expect(await json(`${psaUrl}/milestones/MS-101-1`)).toMatchObject({ client_signed_on: anchor });
    control.decideChangeOrder("CR-101-1", "approve");
    expect(await json(`${crmUrl}/change-requests/CR-101-1`)).toMatchObject({
      stage: "agreed",
      decided_on: anchor,
    });
    control.approveInvoice("SI-1047", "fbrandt");
    expect(await json(`${erpUrl}/invoices/SI-1047`)).toMatchObject({
      status: "released",
      approval: { granted_by: "Felix Brandt" },
    });
    expect(control.state().sequence).toBe(5);
  });

  test("what makes no sense is refused and changes nothing", async () => {
    const { control } = await start();
    const before = control.state();
    expect(() => control.approveTimesheet(ana)).toThrow("does not wait");
    expect(() => control.submitTimesheet(ana, -1)).toThrow("168");
    expect(() => control.submitTimesheet("TS-nobody")).toThrow("no such record");
    expect(() => control.acceptMilestone("MS-101-2")).toThrow("not handed over");
    expect(() => control.decideChangeOrder("CR-104-2", "approve")).toThrow("with the client");
    expect(() => control.approveInvoice("SI-1048")).toThrow("queue");
    expect(() => control.approveInvoice("SI-1047", "gpike")).toThrow("Nobody active");
    expect(() => control.cancelInvoice("SI-0960")).toThrow("draft");
    expect(control.state()).toEqual(before);
  });

  test("the same controls answer over HTTP, to programs and to the page's own forms", async () => {
    const { psaUrl, control } = await start();
    const program = await post(`${psaUrl}/_control/submit-timesheet`, { timesheet: ana });
    expect([program.status, await program.json()]).toEqual([200, { ok: true }]);
    const form = await fetch(`${psaUrl}/_control/accept-milestone`, {
      method: "POST",
      body: new URLSearchParams({ milestone: "MS-101-1" }),
      redirect: "manual",
    });
    expect([form.status, form.headers.get("location")]).toEqual([303, "/"]);
    expect(
      (
        await post(`${psaUrl}/_control/decide-change-order`, {
          changeOrder: "CR-101-1",
          decision: "maybe",
        })
      ).status,
    ).toBe(422);
    expect(
      (
        await post(`${psaUrl}/_control/fault`, {
          face: "erp",
          kind: "503",
          times: 2,
          match: "/ping",
        })
      ).status,
    ).toBe(200);
    expect(control.pendingFaults()).toEqual([
      { face: "erp", kind: "503", times: 2, match: "/ping" },
    ]);
    expect(await json(`${psaUrl}/_control/status`)).toMatchObject({ anchor, sequence: 2 });
  });

  test("another web site, or another name for this machine, may not press the buttons", async () => {
    const { psaUrl, control } = await start();
    const call = (headers: Record<string, string>) =>
      new Promise<number>((resolve, reject) => {
        const path = `${psaUrl}/_control/accept-milestone`;
        const request = rawRequest(path, { method: "POST", headers }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        });
        request.on("error", reject);
        request.end(JSON.stringify({ milestone: "MS-101-1" }));
      });
    expect(await call({ origin: "https://elsewhere.example" })).toBe(403);
    expect(await call({ origin: "null" })).toBe(403);
    expect(await call({ host: "rebound.example" })).toBe(403);
    expect(control.state().sequence).toBe(0);
  });

  test("the page shows every name as text, and a button for everything that waits", async () => {
    const { psaUrl, erpUrl } = await start();
    const page = await (await fetch(psaUrl)).text();
    expect(page).toContain("Fjord &#38; Sønner Bank");
    expect(page).not.toContain("Fjord & Sønner");
    for (const id of [ana, "MS-101-1", "CR-101-1", "SI-1047"])
      expect(page).toContain(`value="${id}"`);
    expect(page).not.toContain("<script");
    const record = await fetch(`${erpUrl}/records/invoice/SI-1045`);
    expect([record.status, record.headers.get("content-security-policy")]).toEqual([
      200,
      expect.stringContaining("default-src 'none'"),
    ]);
    expect(await (await fetch(`${psaUrl}/records/project/PRJ-103`)).text()).toContain(
      "&#60;!channel&#62;",
    );
    expect((await fetch(`${psaUrl}/records/project/%3Cscript%3E`)).status).toBe(404);
  });
});

describe("what the systems keep", () => {
  test("is found again on the next start, with the anchor it was made for", async () => {
    const kept = folder();
    const first = await start({ folder: kept });
    first.control.submitTimesheet(ana);
    await issue(first, "SI-1048");
    const state = first.control.state();
    await first.close();
    const second = await start({ folder: kept, anchor: "2027-03-01", seed: "other" });
    expect(second.anchor).toBe(anchor);
    expect(second.control.state()).toEqual(state);
    await issue(second, "SI-1048", "1-old");
    expect(second.control.postingsOf("SI-1048")).toBe(1);
    expect(readdirSync(kept)).toEqual(["sandbox-systems.json"]);
  });

  test("is never overwritten when it cannot be read", async () => {
    const kept = folder();
    const path = join(kept, "sandbox-systems.json");
    writeFileSync(path, '{"shape":1,"sta');
    await expect(start({ folder: kept })).rejects.toThrow("is no state of the sandbox");
    expect(readFileSync(path, "utf8")).toBe('{"shape":1,"sta');
  });

  test("survives a write that broke off: the half-written file is not the state", async () => {
    const kept = folder();
    const first = await start({ folder: kept });
    first.control.acceptMilestone("MS-101-1");
    const state = first.control.state();
    await first.close();
    writeFileSync(join(kept, "sandbox-systems.json.new"), '{"shape":1,"state":{"anch');
    const second = await start({ folder: kept });
    expect(second.control.state()).toEqual(state);
    second.control.acceptMilestone("MS-105-1");
    expect(readdirSync(kept)).toEqual(["sandbox-systems.json"]);
  });

  test("a port that is taken is named, and nothing stays open", async () => {
    const first = await start();
    const crm = Number(new URL(first.crmUrl).port);
    await expect(start({ ports: { crm } })).rejects.toThrow(`cannot listen on ${crm}`);
  });
});

describe("webhooks", () => {
  test("are signed over timestamp and raw body, and carry ids in order", async () => {
    const { url, deliveries } = await receiver();
    const { control } = await start({ webhook: { url, secret } });
    control.submitTimesheet(ana);
    control.approveTimesheet(ana);
    control.acceptMilestone("MS-101-1");
    control.decideChangeOrder("CR-101-1", "reject");
    control.approveInvoice("SI-1047");
    await control.webhooksSettled();
    const events = deliveries.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
    expect(events.map((event) => event["type"])).toEqual([
      "timesheet.submitted",
      "timesheet.approved",
      "milestone.accepted",
      "change-order.decided",
      "invoice.updated",
    ]);
    expect(events[0]).toEqual({
      id: expect.stringMatching(/^evt-[0-9a-f-]{36}$/),
      type: "timesheet.submitted",
      occurredAt: "2026-11-23T10:00:00.000Z",
      subject: { system: "psa", type: "timesheet-week", id: ana },
      sequence: 1,
    });
    for (const { headers, body } of deliveries) {
      const timestamp = String(headers["x-sandbox-timestamp"]);
      expect(timestamp).toBe("1795428000");
      const digest = createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
      expect(headers["x-sandbox-signature"]).toBe(`v1=${digest}`);
    }
  });

  test("are repeated with the same body until they are taken, and then given up", async () => {
    const { url, deliveries } = await receiver((count) => (count < 3 ? 503 : 204));
    const { control } = await start({ webhook: { url, secret }, webhookRetryMs: [1, 1, 1] });
    control.acceptMilestone("MS-101-1");
    await control.webhooksSettled();
    expect(deliveries).toHaveLength(3);
    expect(new Set(deliveries.map(({ body }) => body)).size).toBe(1);

    const deaf = await receiver(() => 500);
    control.subscribe({ url: deaf.url, secret });
    control.acceptMilestone("MS-105-1");
    await control.webhooksSettled();
    expect(deaf.deliveries).toHaveLength(4);
  });

  test("arrive twice, late or never when told so", async () => {
    const { url, deliveries } = await receiver();
    const { control } = await start({ webhook: { url, secret } });
    control.webhookFault({ kind: "duplicate", times: 1 });
    control.webhookFault({ kind: "reorder", times: 1 });
    control.submitTimesheet(ana);
    control.approveTimesheet(ana);
    control.acceptMilestone("MS-101-1");
    await control.webhooksSettled();
    expect(sequences(deliveries)).toEqual([1, 1, 3, 2]);
    control.webhookFault({ kind: "lost", times: 1 });
    control.acceptMilestone("MS-105-1");
    control.decideChangeOrder("CR-101-1", "approve");
    await control.webhooksSettled();
    expect(sequences(deliveries)).toEqual([1, 1, 3, 2, 5]);
  });
});

describe("faults", () => {
  test("429 with a pause, 503 and slowness pass after the given number of times", async () => {
    const { control, psaUrl } = await start();
    control.fault({ face: "psa", kind: "429", times: 1, retryAfterSeconds: 7 });
    control.fault({ face: "psa", kind: "503", times: 2, match: "GET /projects" });
    control.fault({ face: "psa", kind: "slow", times: 1, match: "/milestones", delayMs: 120 });
    const limited = await get(`${psaUrl}/ping`);
    expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "7"]);
    const statuses = await Promise.all(
      [1, 2, 3].map(async () => (await get(`${psaUrl}/projects`)).status),
    );
    expect(statuses.filter((status) => status === 503)).toHaveLength(2);
    const began = performance.now();
    expect((await get(`${psaUrl}/milestones`)).status).toBe(200);
    expect(performance.now() - began).toBeGreaterThan(110);
    expect(control.pendingFaults()).toEqual([]);
  });

  test("a lost response breaks the connection after the write took effect", async () => {
    const { control, crmUrl } = await start();
    control.fault({ face: "crm", kind: "lost-response", times: 1, match: "POST" });
    const draft = {
      subject_line: "a",
      text: "b",
      external_ref: "key-1",
      regarding: "crm:client:ACC-01",
    };
    await expect(post(`${crmUrl}/message-drafts`, draft)).rejects.toThrow("fetch failed");
    expect(await json(`${crmUrl}/message-drafts?external_ref=key-1`)).toMatchObject({
      items: [{ text: "b" }],
    });
  });
});

describe("the truth", () => {
  test("is imported by tests only", () => {
    const importers = globSync(
      "{sandbox,main,tools,monitor,workflows,agents,evals,scripts}/**/*.ts",
    )
      // The simulator has a truth of its own, and a test of its own that keeps it.
      .filter((file) => !file.startsWith("sandbox/simulator/"))
      .filter((file) => readFileSync(file, "utf8").includes("truth.ts"));
    expect(importers.length).toBeGreaterThan(0);
    expect(
      importers.filter((file) => !file.endsWith(".test.ts") && !file.startsWith("evals/")),
    ).toEqual([]);
  });

  test("is nowhere to be read over HTTP", async () => {
    const systems = await start();
    const urls = [systems.psaUrl, systems.crmUrl, systems.erpUrl];
    const lists = [
      "projects",
      "milestones",
      "timesheets",
      "tasks",
      "accounts",
      "deals",
      "change-requests",
      "message-drafts",
      "invoices",
      "journal",
      "_control/status",
      "",
      "records/invoice/SI-1042",
      "records/project/PRJ-101",
    ];
    const guesses = [
      "truth",
      "_control/truth",
      "records/truth/SI-1042",
      "expected-causes",
      "firm/truth.ts",
      "../firm/truth.ts",
      "invoices/SI-1042/causes",
    ];
    const codes = new Set(
      expectedCauses(anchor).flatMap(({ causes }) => causes.map(({ code }) => code)),
    );
    let served = 0;
    for (const url of urls)
      for (const path of [...lists, ...guesses]) {
        const answer = await get(`${url}/${path}`);
        const text = await answer.text();
        served += answer.ok ? 1 : 0;
        expect([path, guesses.includes(path) && answer.ok]).toEqual([path, false]);
        for (const code of codes) expect(text).not.toContain(code);
        expect(text).not.toMatch(/ruledOut|clockStart/);
      }
    expect(served).toBeGreaterThan(lists.length - 3);
  });
});
