import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createSandboxConnector } from "./sandbox/sandbox-connector.ts";

const calendar = {
  zone: "Europe/Berlin",
  days: [1, 2, 3, 4, 5],
  opensAt: 540,
  closesAt: 1020,
  holidays: [],
};
const minute = 60_000;

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

type Weather = (host: string, nth: number) => Response | "lost";
const good = (): Response => Response.json({ items: [], next_cursor: null });
const status = (code: number): Response =>
  Response.json({ error: { code: "x" } }, { status: code });

/** A connection of one firm; every request is counted by host, and the weather answers. */
function firm(name: string, weather: Weather) {
  const sent = new Map<string, number>();
  const connector = createSandboxConnector({
    psaUrl: `http://psa.${name}`,
    crmUrl: `http://crm.${name}`,
    erpUrl: `http://erp.${name}`,
    token: "a-token",
    connection: name,
    calendar,
    fetch: (url) => {
      const { host } = new URL(url instanceof Request ? url.url : url);
      const nth = (sent.get(host) ?? 0) + 1;
      sent.set(host, nth);
      const answer = weather(host, nth);
      return answer === "lost" ? Promise.reject(new Error("lost")) : Promise.resolve(answer);
    },
  });
  return { connector, sentTo: (system: string) => sent.get(`${system}.${name}`) ?? 0 };
}

/** Asks once a second for so long; counts what was asked, answered, and refused without a call. */
async function ask(read: () => Promise<unknown>, forMs: number) {
  const counted = { asked: 0, answered: 0, resting: 0, failed: 0 };
  const open: Promise<void>[] = [];
  for (let at = 0; at < forMs; at += 1000) {
    counted.asked += 1;
    open.push(
      read().then(
        () => void (counted.answered += 1),
        (error: { code?: string }) =>
          void (error.code === "SYSTEM_RESTING" ? (counted.resting += 1) : (counted.failed += 1)),
      ),
    );
    await vi.advanceTimersByTimeAsync(1000);
  }
  await vi.advanceTimersByTimeAsync(minute);
  await Promise.all(open);
  return counted;
}

test.each<[string, Weather]>([
  ["is down", () => "lost"],
  ["answers 503", () => status(503)],
  ["answers 429", () => status(429)],
  ["answers every second call with 500", (_, nth) => (nth % 2 === 0 ? good() : status(500))],
  ["flaps: every third call gets through", (_, nth) => (nth % 3 === 0 ? good() : status(503))],
])(
  "CTL-23, RSK-04: ten minutes of an ERP that %s cost at most 1.1 calls per let-through question",
  async (_name, weather) => {
    const { connector, sentTo } = firm("a", (host, nth) =>
      host.startsWith("erp") ? weather(host, nth) : good(),
    );
    const erp = await ask(() => connector.look.erp.listInvoices(), 10 * minute);
    expect(erp.asked).toBe(600);
    const letThrough = erp.asked - erp.resting;
    expect(sentTo("erp") / letThrough).toBeLessThanOrEqual(1.1);
    expect(sentTo("erp")).toBeLessThanOrEqual(erp.asked * 1.1);
  },
);

test("CTL-23: it opens within ten seconds, says since when and when it is tried, and closes with the first good answer", async () => {
  let down = true;
  const { connector, sentTo } = firm("a", () => (down ? status(503) : good()));
  const [, , guard] = connector.guards;
  const began = Date.now();
  await ask(() => connector.look.erp.listInvoices(), 10_000);
  const state = guard?.state();
  expect(guard?.system).toBe("The sandbox ERP");
  expect(Date.parse(state?.since ?? "") - began).toBeLessThan(10_000);
  // The probe is due; then it rests, until a person has it tried before its time.
  await expect(connector.look.erp.listInvoices()).rejects.toMatchObject({
    code: "CONNECTOR_UNAVAILABLE",
  });
  await expect(connector.look.erp.listInvoices()).rejects.toMatchObject({ code: "SYSTEM_RESTING" });
  const before = sentTo("erp");
  guard?.tryNow();
  await expect(connector.look.erp.listInvoices()).rejects.toMatchObject({
    code: "CONNECTOR_UNAVAILABLE",
  });
  await expect(connector.look.erp.listInvoices()).rejects.toMatchObject({
    code: "SYSTEM_RESTING",
    message: expect.stringContaining(`since ${state?.since}`),
  });
  expect(sentTo("erp")).toBe(before + 1);
  down = false;
  await vi.advanceTimersByTimeAsync(10_000);
  await expect(connector.look.erp.listInvoices()).resolves.toEqual([]);
  expect(guard?.state()).toBeNull();
});

test("RSK-04: another system of the firm and another firm's same system do not notice", async () => {
  const ours = firm("ours", (host) => (host.startsWith("erp") ? "lost" : good()));
  const theirs = firm("theirs", good);
  const [erp, crm, other] = await Promise.all([
    ask(() => ours.connector.look.erp.listInvoices(), 10 * minute),
    ask(() => ours.connector.look.crm.listClients(), 10 * minute),
    ask(() => theirs.connector.look.erp.listInvoices(), 10 * minute),
  ]);
  expect(erp.answered).toBe(0);
  expect([crm.answered, other.answered]).toEqual([crm.asked, other.asked]);
  expect([ours.sentTo("crm"), theirs.sentTo("erp")]).toEqual([crm.asked, other.asked]);
});

test("CTL-23: a write is sent once or not at all: resting, nothing is sent", async () => {
  const { connector, sentTo } = firm("a", () => "lost");
  await ask(() => connector.look.erp.listInvoices(), 10_000);
  // The probe, after which it rests again.
  await expect(connector.look.erp.listInvoices()).rejects.toMatchObject({
    code: "CONNECTOR_UNAVAILABLE",
  });
  const before = sentTo("erp");
  await expect(
    connector.write.erp.issueInvoice({ key: "k", invoiceId: "INV-1", revision: "1" }),
  ).rejects.toMatchObject({ code: "SYSTEM_RESTING" });
  expect(sentTo("erp")).toBe(before);
});
