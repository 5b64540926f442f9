import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Principal } from "#/domain/member.ts";
import type { Running } from "#/main/run-everything.ts";
import type { OperationsServices } from "#/workflows/operations-services.ts";
import { newHome, startProduct, systemsOf, writtenIn } from "./start-product.ts";

/* A system that stops answering: what is said of the firm, and what is not done. */

const { home, remove } = newHome();
const world: { running?: Running; who?: Principal } = {};
const product = (): Running => {
  if (!world.running) throw new Error("the product did not start");
  return world.running;
};
const who = (): Principal => {
  if (!world.who) throw new Error("nobody asks");
  return world.who;
};
const operations = (): OperationsServices => {
  const { operations: services } = product().product;
  if (!services) throw new Error("there is no picture of the firm");
  return services;
};
const openCases = async () => {
  const { cases } = await operations().cases(who(), { limit: 100 });
  return cases.items.map(({ id, kind }) => `${id} ${kind}`).toSorted();
};

/** The clock of this process cannot be moved; when the system was last heard can. */
async function silentSince(hours: number): Promise<void> {
  await product().product.database.pool.query(
    "update source_reading set last_read = last_read - make_interval(hours => $1) where system = 'psa'",
    [hours],
  );
  systemsOf(product()).control.fault({ face: "psa", kind: "503", times: 100_000 });
  await product()
    .product.watch()
    .catch(() => undefined);
}

const propose = (target: string, invoice: string) =>
  product().product.services.propose(who(), {
    action: "R08",
    target,
    invoice,
    why: "It only waits for the billing run.",
    evidence: [],
    idempotencyKey: crypto.randomUUID(),
    producedBy: { mind: "a test", promptHash: null },
    thread: null,
  });

beforeAll(async () => {
  world.running = await startProduct(home, { look: true });
  world.who = await product().localPrincipal();
});
afterAll(async () => {
  systemsOf(product()).control.clearFaults();
  await world.running?.stop();
  remove();
});

describe("P6: the PSA answers 503 for thirty hours", () => {
  const before: { cases?: string[]; written?: unknown; rows?: number } = {};

  test("while it answers, projects have colours and the answer names no old source", async () => {
    const { counts, rows, statements } = await operations().portfolio(who(), {});
    before.rows = rows.total;
    expect(counts.unknown).toBeLessThan(rows.total);
    expect(statements[0]?.text).not.toMatch(/last read/);
    before.cases = await openCases();
    expect(before.cases.length).toBeGreaterThan(0);
    before.written = writtenIn(product());
    await silentSince(30);
  });

  test("every answer begins with the system and since when, and nothing is green", async () => {
    const answer = await operations().portfolio(who(), {});
    expect(answer.statements[0]?.text).toMatch(
      /^The PSA was last read at 20\d\d-\d\d-\d\d \d\d:\d\d/,
    );
    expect(answer.sources[0]).toMatchObject({ system: "psa", stale: true });
    expect(answer.sources[0]?.problem).not.toBeNull();
    expect(answer.counts).toEqual({ green: 0, amber: 0, red: 0, unknown: before.rows });
    expect(answer.rows.items.every(({ rag }) => rag === "unknown")).toBe(true);
  });

  test("no proposal is opened: the refusal says which source is old, and since when", async () => {
    const failed = propose("erp:invoice:SI-1048", "JF-1048");
    await expect(failed).rejects.toMatchObject({ code: "SOURCE_STALE", blame: "upstream" });
    await expect(failed).rejects.toThrow(/The PSA was last read at 20\d\d-\d\d-\d\d \d\d:\d\d UTC/);
  });

  test("looking again opens and closes no case, and writes nothing", async () => {
    await product()
      .product.watch()
      .catch(() => undefined);
    expect(await openCases()).toEqual(before.cases);
    expect(writtenIn(product())).toEqual(before.written);
  });

  test("when it answers again, colours come back and the same proposal is taken", async () => {
    systemsOf(product()).control.clearFaults();
    for (const guard of product().product.connector.guards) guard.tryNow();
    await product().product.watch();
    const { counts, rows, statements } = await operations().portfolio(who(), {});
    expect(counts.unknown).toBeLessThan(rows.total);
    expect(statements[0]?.text).not.toMatch(/last read/);
    const { proposal } = await propose("erp:invoice:SI-1048", "JF-1048");
    expect(proposal.payload.target.id).toBe("SI-1048");
  });
});
