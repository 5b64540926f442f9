import type { createCaseStore } from "#/db/case-store.ts";
import type { createOperationsStore } from "#/db/operations/operations-store.ts";
import { observe } from "#/domain/evidence.ts";
import type { TenantId } from "#/domain/ids.ts";
import { ticketEvent } from "#/monitor/twin/sample-events.ts";

/** Rows of a firm in every table of the operating picture, each with a word that betrays it. */
export async function fillOperations(
  tenant: TenantId,
  word: string,
  stores: {
    readonly operations: ReturnType<typeof createOperationsStore>;
    readonly cases: ReturnType<typeof createCaseStore>;
  },
): Promise<void> {
  const { operations, cases } = stores;
  const first = ticketEvent(`TK-${tenant}`, 1);
  const now = new Date().toISOString();
  await operations.receive(tenant, [
    { ...first, attributes: { ...first.attributes, title: `${word} ticket` } },
    { ...ticketEvent(`TK-${tenant}`, 2), id: `${word}-hole`, sequence: 4 },
    { nonsense: word },
  ]);
  await operations.moveCursor(tenant, "itsm", `${word}-cursor`);
  await operations.markRead(tenant, "itsm", now);
  await operations.markProblem(tenant, "psa", { problem: `${word} does not answer`, at: now });
  await operations.saveAssessments(tenant, [
    { projectId: `PRJ-${tenant}`, asOf: now, body: { rag: "red", word }, memory: { word } },
  ]);
  const log = `${tenant}-log`;
  await operations.openProcessLog(tenant, { name: log, format: "csv", declared: null });
  await operations.addProcessEvents(tenant, log, [
    {
      key: "1",
      case: `${word}-case`,
      activity: `${word} step`,
      at: now,
      resource: word,
      role: null,
      group: null,
      attributes: {},
      objects: [],
    },
  ]);
  await operations.putProcessObjects(tenant, log, [
    { type: "order", id: `${word}-order`, attributes: [], objects: [] },
  ]);
  await cases.applyCases(
    tenant,
    {
      open: [
        {
          kind: "staffing-gap",
          key: `staffing-gap ${word}`,
          repeat: "each-time",
          subject: { system: "psa", type: "project", id: `PRJ-${tenant}` },
          projectId: `PRJ-${tenant}`,
          clientId: null,
          title: `${word} lacks a tester`,
          severity: 3,
          asOf: now,
          since: now,
          deadline: null,
          valueAtRisk: null,
          causes: [],
          evidence: [
            observe(
              {
                system: "psa",
                type: "project",
                id: `PRJ-${tenant}`,
                connection: "sandbox",
                revision: "1",
                retrievedAt: now,
                url: null,
              },
              "name",
              word,
            ),
          ],
          events: [`${word}-1`],
          remedies: [],
        },
      ],
      update: [],
      close: [],
    },
    { notice: () => [], enqueue: () => async () => undefined },
  );
}
