import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import type { Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatMoney } from "#/domain/money.ts";
import type { Running } from "#/main/run-everything.ts";
import { netCents, totalCents } from "#/sandbox/firm/firm.ts";
import { colleague, newHome, propose, reaches, startProduct, systemsOf } from "./start-product.ts";

const { home, remove } = newHome();
const world: { running?: Running } = {};
const product = (): Running => {
  if (!world.running) throw new Error("the product did not start");
  return world.running;
};
const called = new Set<string>();
const note = (message: unknown): void => {
  const { socket } = message as { socket: Socket };
  void once(socket, "connect").then(
    () => called.add(socket.remoteAddress ?? "unknown"),
    () => called.add("refused"),
  );
};

beforeAll(async () => {
  subscribe("net.client.socket", note);
  world.running = await startProduct(home, { settings: { SLACK_MODE: "off" }, look: true });
});
afterAll(async () => {
  await world.running?.stop();
  unsubscribe("net.client.socket", note);
  remove();
});

const invoices = () => systemsOf(product()).control.state().invoices;
/** What the ERP itself holds, in cents: without tax, and with it. */
function atSource(reference: string): { net: number; total: number } {
  const invoice = invoices().find((each) => each.reference === reference);
  if (!invoice) throw new Error(`the ERP has no ${reference}`);
  return { net: netCents(invoice), total: totalCents(invoice) };
}

describe("an amount on display", () => {
  const late = async () =>
    product().product.services.listLateInvoices(await product().localPrincipal());

  test("P10: in every list it is the source's own, and it follows the source at the next look", async () => {
    const before = await late();
    expect(before).toHaveLength(9);
    for (const { number, net } of before)
      expect({ number, minor: net.minor }).toEqual({ number, minor: atSource(number ?? "").net });
    const invoice = invoices().find(({ reference }) => reference === "AE-1043");
    systemsOf(product()).control.amendInvoice("SI-1043", invoice?.lines[0]?.id ?? "", 9_999.5);
    const after = (await late()).find(({ number }) => number === "AE-1043");
    expect(after?.net).toEqual({ minor: 999_950, currency: "EUR" });
    expect(after?.net.minor).toBe(atSource("AE-1043").net);
  });

  test("P10: in an answer it cites the field, the time of reading and a link where the source shows the same", async () => {
    const asked = new Date().toISOString();
    const answer = await product().product.services.ask(
      await product().localPrincipal(),
      "Why is NW-1042 late?",
    );
    const shown = formatMoney({ minor: atSource("NW-1042").net, currency: "EUR" });
    const sentence = answer.sentences.find(({ text }) => text.includes(shown));
    expect(sentence, `an answer that says ${shown}`).toBeDefined();
    const facts = answer.evidence.filter(({ id }) => sentence?.evidence.includes(id));
    const fact = facts.find(({ record }) => record.id === "SI-1042");
    expect(fact).toMatchObject({ connection: "sandbox", label: "SOR" });
    expect(Date.parse(fact?.retrievedAt ?? "")).toBeGreaterThanOrEqual(Date.parse(asked) - 1000);
    const page = await (await fetch(fact?.url ?? "")).text();
    expect(page.replaceAll(/[,\s]/g, "")).toContain(
      (atSource("NW-1042").net / 100).toFixed(2).replace(/\.00$/, ""),
    );
  });

  test("P10: on a proposal and its page it is the source's at the time of the proposal, and is asserted again before it runs", async () => {
    const proposal = await propose(product(), {
      by: "dana.reyes",
      invoice: "LE-1049",
      action: "R08",
    });
    const { total } = atSource("LE-1049");
    expect(proposal.payload.amount).toEqual({ minor: total, currency: "EUR" });
    expect(
      proposal.payload.preconditions.flatMap(({ asserted }) => asserted.map(({ value }) => value)),
    ).toContain(formatMoney({ minor: total, currency: "EUR" }));
    const page = await (await fetch(`${product().front.url}/proposals/${proposal.id}`)).text();
    expect(page).toContain(formatMoney({ minor: total, currency: "EUR" }));
    expect(page).toContain(systemsOf(product()).erpUrl);
  });
});

test("P9: with no key, no chat and no database server the main job is done, and nothing outside this machine is called", async () => {
  const { product: parts } = product();
  expect(parts.config).toMatchObject({ SLACK_MODE: "off" });
  expect(parts.config.ANTHROPIC_API_KEY).toBeUndefined();
  expect(parts.config.DATABASE_URL).toBeUndefined();
  expect(parts.database.embedded).toBe(true);
  const who = await product().localPrincipal();
  // signal → evidence → assessment
  const delay = await parts.services.explainInvoice(who, "JF-1048");
  expect(delay).toMatchObject({ status: "late", causes: [{ code: "INV-12" }] });
  expect(await parts.services.ask(who, "Why is JF-1048 late?")).toMatchObject({
    producedBy: { mind: "rules-1" },
  });
  // proposal → decision → approval → run
  const proposal = await propose(product(), {
    by: "dana.reyes",
    invoice: "JF-1048",
    action: "R08",
  });
  expect(proposal.decision).toMatchObject({ effect: "require", need: { finance: 1 } });
  const voter = await colleague(product(), "felix.brandt");
  const outcome = await parts.services.vote(parts.config.TENANT, {
    proposal: proposal.id,
    version: proposal.version,
    nonce: proposal.nonce,
    shownHash: proposal.payloadHash,
    person: voter.id,
    verdict: "approve",
    reason: null,
    channel: "terminal",
    secondFactor: null,
  });
  expect(outcome).toEqual({ result: "decided", state: "approved" });
  await reaches(product(), proposal.id, "done");
  expect(systemsOf(product()).control.postingsOf("SI-1048")).toBe(1);
  // audit event
  const told = (await parts.store.auditTail(parts.config.TENANT, 200)).map(
    ({ body }) => (JSON.parse(body) as { kind: string }).kind,
  );
  expect(told).toEqual(
    expect.arrayContaining(["exception.opened", "proposal.submitted", "proposal.approved"]),
  );
  expect(told).toEqual(expect.arrayContaining(["run.started", "effect.verified", "run.done"]));
  expect([...called]).toEqual(["127.0.0.1"]);
});
