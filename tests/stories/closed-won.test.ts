import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Running } from "#/main/run-everything.ts";
import {
  approveAs,
  approveOnCard,
  businessDaysAgo,
  caseOf,
  filedFor,
  ofAction,
  openCases,
  proposalsOf,
} from "./flagship.ts";
import { newHome, startProduct, systemsOf } from "./start-product.ts";

const { home, remove } = newHome();
const world: { running?: Running } = {};
const product = (): Running => {
  if (!world.running) throw new Error("the product did not start");
  return world.running;
};
const control = () => systemsOf(product()).control;
const key = "opportunity-without-project:DEAL-02";
const projectsOfDeal = () =>
  control()
    .records("project")
    .filter((project) => project["opportunityId"] === "DEAL-02");
const ofProject = (kind: "staffing-request" | "task", id: string) =>
  control()
    .records(kind)
    .filter((record) => record["projectId"] === id);

const filedOnDeal = async (action: string) =>
  ofAction(
    (await product().product.store.proposals(product().product.config.TENANT, {})).filter(
      ({ payload }) => payload.target.id === "DEAL-02",
    ),
    action,
  );

beforeAll(async () => {
  world.running = await startProduct(home);
  await product().product.watch();
});
afterAll(async () => {
  await world.running?.stop();
  remove();
});

describe("a deal is won", () => {
  test("one won today is nobody's problem yet", async () => {
    control().winOpportunity("DEAL-01");
    await control().webhooksSettled();
    await product().product.watch();
    const keys = (await openCases(product())).map(({ finding }) => finding.key);
    expect(keys).not.toContain("opportunity-without-project:DEAL-01");
  });

  test("after its time one case stands and its answers wait, however often the event arrives (P4, P5)", async () => {
    control().winOpportunity("DEAL-02", businessDaysAgo(8));
    const [event] = control().state().recent;
    await control().webhooksSettled();
    for (let again = 0; again < 10; again += 1) expect(await deliver(event)).toBe(true);
    await product().product.watch();
    const { id, finding } = await caseOf(product(), key);
    const filed = await filedFor(product(), id, ["R29", "R37", "R36"]);
    expect(filed).toHaveLength(3);
    for (const proposal of filed) {
      expect(proposal).toMatchObject({
        state: "waiting",
        requestedBy: { kind: "agent", person: null, name: "monitor" },
        decision: { effect: "require", need: { delivery: 1 } },
        exceptionId: id,
      });
      expect(proposal.why).toContain(finding.title);
      expect(proposal.evidence).toEqual(
        expect.arrayContaining(finding.evidence.map((each) => each.id)),
      );
    }
    expect(projectsOfDeal()).toEqual([]);
  });

  test("approved on its card: exactly one project, with its requests and first tasks (P1, P2, P4; WF-27, WF-28)", async () => {
    const { id } = await caseOf(product(), key);
    const filed = await proposalsOf(product(), id);
    expect(await approveOnCard(product(), ofAction(filed, "R29"))).toMatchObject({ state: "done" });
    const [project, another] = projectsOfDeal();
    expect(another).toBeUndefined();
    expect(project).toMatchObject({
      name: "Grid analytics extension",
      status: "proposed",
      contractValueCents: 6_400_000,
    });
    expect(ofProject("staffing-request", project?.id ?? "")).toHaveLength(2);
    expect(ofProject("task", project?.id ?? "")).toHaveLength(3);
  });

  test("the HR system refuses: the project stays, and the run waits among those that need somebody (P4; WF-29)", async () => {
    const onboarding = await filedOnDeal("R37");
    control().fault({ face: "hris", kind: "refused", times: 1, match: "POST /work-items" });
    const ended = await approveAs(product(), onboarding, "tomas.lindqvist");
    expect(ended.state).toBe("failed");
    const { store, config } = product().product;
    expect(await store.stuckRuns(config.TENANT)).toMatchObject([
      {
        proposal: onboarding.id,
        action: "R37",
        state: "failed",
        reason: expect.stringMatching(/refused/),
      },
    ]);
    expect(projectsOfDeal()).toHaveLength(1);
    expect(control().state().workItems).toEqual([]);
  });

  test("the welcome waits for a person: nothing is with the client, and nothing in it is ours alone (P1; WF-30)", async () => {
    const welcome = await filedOnDeal("R36");
    expect(welcome).toMatchObject({ state: "waiting", payload: { group: "clientVisible" } });
    expect(control().state().messageDrafts).toEqual([]);
    expect(JSON.stringify(welcome.payload.effects)).not.toMatch(/margin|cost|EUR|64/i);
  });

  test("the cause is gone, so the case closes, and nothing more is filed", async () => {
    const before = (await product().product.store.proposals(product().product.config.TENANT, {}))
      .length;
    await product().product.watch();
    const keys = (await openCases(product())).map(({ finding }) => finding.key);
    expect(keys).not.toContain(key);
    await product().product.watch();
    expect(
      await product().product.store.proposals(product().product.config.TENANT, {}),
    ).toHaveLength(before);
    expect(projectsOfDeal()).toHaveLength(1);
  });
});

/** The same event once more, as a careless network delivers it. */
async function deliver(event: unknown): Promise<boolean> {
  const { front, product: parts } = product();
  const body = JSON.stringify(event);
  const at = String(Math.floor(Date.now() / 1000));
  const signature = createHmac("sha256", parts.config.WEBHOOK_SECRET)
    .update(`${at}.${body}`)
    .digest("hex");
  const answer = await fetch(`${front.url}/webhooks/sandbox`, {
    method: "POST",
    body,
    headers: {
      "content-type": "application/json",
      "x-sandbox-timestamp": at,
      "x-sandbox-signature": `v1=${signature}`,
    },
  });
  return answer.ok;
}
