import { beforeEach, expect, test, vi } from "vitest";
import { ExceptionId, PersonId } from "#/domain/ids.ts";
import { Refused } from "#/domain/run.ts";
import type { Signal } from "#/domain/signal.ts";
import { type CarryOutNeeds, carryOutProposal } from "./carry-out-proposal.ts";
import { APPLICATION, QUEUE, WORKFLOW } from "./names.ts";
import { investigateException, type RespondNeeds, respondToSignal } from "./respond-to-signal.ts";
import { approvalBy, firm, firmPolicy, now, proposalOf, release, voterOf } from "./sample-firm.ts";

/*
 * These words are stored with every run in flight. Whoever has to change one of these lines changes
 * what happens to the runs of yesterday, and needs a decision record first.
 */

const recorded = vi.hoisted(() => ({ steps: [] as string[] }));
vi.mock("@dbos-inc/dbos-sdk", () => ({
  DBOS: {
    runStep: (body: () => Promise<unknown>, { name }: { name: string }) => {
      recorded.steps.push(name);
      return body();
    },
  },
  DBOSClient: {},
}));
beforeEach(() => {
  recorded.steps.length = 0;
});

test("the names of the application, its queues and its workflows are pinned", () => {
  expect({ APPLICATION, QUEUE, WORKFLOW }).toEqual({
    APPLICATION: "countersign",
    QUEUE: { runs: "runs", signals: "signals", timers: "timers" },
    WORKFLOW: {
      respond: "respond-to-signal",
      investigate: "investigate-exception",
      carryOut: "carry-out-proposal",
      expire: "expire-proposal",
      watch: "watch-portfolio",
    },
  });
});

const proposal = proposalOf(release(), { state: "approved" });
const receipt = {
  record: proposal.payload.target,
  externalId: "RE-1",
  url: null,
  observed: { state: "issued" },
  verifiedAt: now,
};

const carrying = (change: Partial<CarryOutNeeds> = {}): CarryOutNeeds => ({
  store: {
    tenant: async () => firm,
    proposal: async () => ({ proposal, votes: [], outcome: null, auditAnchor: null }),
    beginRun: async (_tenant, _id, _version, judge) => {
      const judged = judge({
        proposal,
        votes: [approvalBy(voterOf("fiona", ["FinanceManager"]), proposal)],
        now,
        sentLast24h: 0,
        begunLastHour: 0,
        glass: null,
      });
      return judged.go ? { payload: proposal.payload } : { stop: judged.reason };
    },
    claimEffect: async () => ({ earlier: 0, receipt: null }),
    finishEffect: async () => undefined,
    closeRun: async () => undefined,
    noteTrouble: async () => undefined,
  },
  policy: () => firmPolicy(),
  previewAgain: async (payload) => payload,
  act: async () => receipt,
  auditIntact: async () => true,
  log: () => undefined,
  ...change,
});
const carry = (needs: CarryOutNeeds) =>
  carryOutProposal(firm.id, proposal.id, { version: 1, needs });

test("the steps of a run, whichever way it ends, are pinned", async () => {
  expect(await carry(carrying())).toBe("done");
  expect(recorded.steps.splice(0)).toEqual(["begin", "act", "close"]);
  const refusing = carrying({
    act: async () => {
      throw new Refused("conflict", "changed meanwhile");
    },
  });
  expect(await carry(refusing)).toBe("refused");
  expect(recorded.steps.splice(0)).toEqual(["begin", "act", "close"]);
  const changed = carrying({ previewAgain: async (payload) => ({ ...payload, amount: null }) });
  expect(await carry(changed)).toMatch(/^stopped: stale: .*amount/);
  expect(recorded.steps.splice(0)).toEqual(["begin"]);
});

test("CTL-26: nothing begins in a process whose switch is on, and nothing is looked at", async () => {
  const stopped = carrying({
    stopped: () => "wrong rates",
    previewAgain: () => Promise.reject(new Error("asked")),
  });
  expect(await carry(stopped)).toBe("stopped: nothing begins in this process: wrong rates");
  expect(recorded.steps).toEqual(["begin"]);
});

test("P7: nothing begins while the audit is not the one that was signed", async () => {
  await expect(carry(carrying({ auditIntact: async () => false }))).rejects.toMatchObject({
    code: "AUDIT_NOT_INTACT",
  });
  expect(recorded.steps).toEqual(["begin"]);
});

const answer = {
  sentences: [],
  evidence: [],
  droppedClaims: 0,
  proposals: [],
  producedBy: { mind: "rules-1", promptHash: null },
};
const exceptionId = ExceptionId.parse("X-SAMPLE1");

function responding(kind: Signal["kind"], handled = false) {
  const saved: string[] = [];
  const never = async (): Promise<never> => {
    throw new Error("not part of this story");
  };
  const needs: RespondNeeds = {
    reads: () => ({
      psa: {
        listProjects: async () => [],
        getProject: async () => null,
        listMilestones: async () => [],
        listTimesheetWeeks: async () => [],
      },
      crm: { listChangeOrders: async () => [] },
      erp: { listInvoices: async () => [], getInvoice: async () => null },
    }),
    now: () => now,
    log: () => undefined,
    start: { investigate: () => async () => undefined },
    answer: async () => answer,
    investigate: async () => answer,
    store: {
      tenant: async () => firm,
      openExceptions: async () => [],
      openException: never,
      updateException: never,
      closeException: never,
      signal: async (tenant, key) => ({
        tenant,
        key,
        kind,
        name: "x",
        subject: null,
        receivedAt: now,
        handled,
        readAt: now,
        body: JSON.stringify({
          person: PersonId.parse("dana"),
          text: "Why?",
          thread: { channel: "D1", ts: "1.1" },
        }),
      }),
      handled: async (_tenant, key) => void saved.push(`handled ${key}`),
      history: async () => [],
      saveAnswer: async (_tenant, { signalKey }) => saved.push(`answered ${signalKey}`),
      exception: async () => null,
      explainException: never,
    },
  };
  return { needs, saved };
}

test("the steps of a signal and of an investigation are pinned", async () => {
  const question = responding("question");
  await respondToSignal(firm.id, "E1", question.needs);
  expect(recorded.steps.splice(0)).toEqual(["load", "answer"]);
  expect(question.saved).toEqual(["answered E1"]);
  const event = responding("business-event");
  await respondToSignal(firm.id, "E2", event.needs);
  expect(recorded.steps.splice(0)).toEqual(["load", "watch", "handled"]);
  expect(event.saved).toEqual(["handled E2"]);
  const again = responding("question", true);
  await respondToSignal(firm.id, "E1", again.needs);
  expect(recorded.steps.splice(0)).toEqual(["load"]);
  expect(again.saved).toEqual([]);
  await investigateException(firm.id, exceptionId, event.needs);
  expect(recorded.steps.splice(0)).toEqual(["investigate"]);
});
