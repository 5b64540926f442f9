import { afterAll, beforeAll, expect, test } from "vitest";
import { TenantId } from "#/domain/ids.ts";
import { historyOf, insertAnswer } from "./answer.ts";
import { inTenant } from "./in-tenant.ts";
import type { Database } from "./open-database.ts";
import { enqueueOutbox } from "./outbox.ts";
import { createOutboxDoor } from "./outbox-door.ts";
import { sampleTenant } from "./sample-rows.ts";
import { putTenant } from "./tenant.ts";
import { openTestDatabase } from "./test-database.ts";

const tenant = TenantId.parse("first");
let database: Database;
beforeAll(async () => {
  database = await openTestDatabase(undefined);
  await putTenant(database, sampleTenant(tenant));
});
afterAll(() => database.close());

const body = { sentences: [], evidence: [], droppedClaims: 0, producedBy: { mind: "rules-1" } };
const ask = (question: string, place: { person: string; channel: string; ts: string }) =>
  inTenant(database, tenant, (tx) =>
    insertAnswer(tx, tenant, {
      person: place.person,
      question,
      thread: { channel: place.channel, ts: place.ts },
      signalKey: null,
      body,
    }),
  );
const before = async (person: string, channel: string, ts: string) =>
  (
    await inTenant(database, tenant, (tx) => historyOf(tx, { thread: { channel, ts }, person }))
  ).map(({ question }) => question);

test("a new conversation continues the person's own last words in the same place, a thread its own", async () => {
  await ask("why is the Northwind invoice late?", { person: "dana", channel: "D1", ts: "1.1" });
  await ask("and the Helios one?", { person: "dana", channel: "D1", ts: "1.1" });
  await ask("which are late?", { person: "fiona", channel: "C1", ts: "2.1" });

  expect(await before("dana", "D1", "3.1")).toEqual([
    "why is the Northwind invoice late?",
    "and the Helios one?",
  ]);
  expect(await before("dana", "D1", "1.1")).toHaveLength(2);
  expect(await before("dana", "C1", "4.1")).toEqual([]);
  expect(await before("felix", "C1", "2.1")).toEqual(["which are late?"]);
});

test("what was said more than half an hour ago is not continued", async () => {
  await ask("which wait for me?", { person: "felix", channel: "D2", ts: "5.1" });
  expect(await before("felix", "D2", "6.1")).toEqual(["which wait for me?"]);
  await database.pool.query(
    "update answer set at = at - interval '31 minutes' where thread ->> 'channel' = 'D2'",
  );
  expect(await before("felix", "D2", "6.1")).toEqual([]);
});

test("in the thread of a case, the case is what is talked about", async () => {
  await database.pool.query(
    `insert into exception_case (tenant, id, kind, key, subject, title, state, delay, explanation,
       thread_channel, thread_ts)
     values ($1, 'X-000001', 'invoice-delay', 'invoice-delay erp:invoice:INV-1', 'erp:invoice:INV-1', 'Invoice INV-1 is late', 'open',
       '{}', $2, 'C1', '7.1')`,
    [tenant, JSON.stringify(body)],
  );
  expect(await before("fiona", "C1", "7.1")).toEqual(["Invoice INV-1 is late"]);
  await ask("why?", { person: "fiona", channel: "C1", ts: "7.1" });
  expect(await before("dana", "C1", "7.1")).toEqual(["Invoice INV-1 is late", "why?"]);
});

test("an answer goes out before older news", async () => {
  const thread = { channel: "D1", ts: "8.1" };
  await inTenant(database, tenant, async (tx) => {
    for (const exception of ["X-000001", "X-000002"])
      await enqueueOutbox(tx, tenant, {
        key: exception,
        item: { kind: "exception-notice", exception },
      });
    await enqueueOutbox(tx, tenant, { key: "answer", item: { kind: "answer", answer: 1, thread } });
  });
  const door = createOutboxDoor(database);
  const claimed = [...(await door.claim(2)), ...(await door.claim(2))];
  expect(claimed.map(({ item }) => item.kind)).toEqual([
    "answer",
    "exception-notice",
    "exception-notice",
  ]);
});
