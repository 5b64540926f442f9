import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Finding } from "#/domain/finding.ts";
import { type Detection, type DetectionScope, detect } from "./detect.ts";
import { nextCases, type OpenCase } from "./lifecycle.ts";
import { sampleFirm, tellApproval, tellInvoice, tellProject, tellWeek } from "./sample-firm.ts";

const all: DetectionScope = { projectIds: "all" };

/** What a caller keeps between two detections. */
type Book = {
  readonly open: readonly OpenCase[];
  readonly told: ReadonlySet<string>;
  /** Every opening, in order. */
  readonly alerts: readonly string[];
  readonly closed: readonly { readonly key: string; readonly reason: string }[];
};
const empty: Book = { open: [], told: new Set(), alerts: [], closed: [] };

function step(book: Book, detection: Detection): Book {
  const next = nextCases(book.open, book.told, detection);
  const gone = new Set(next.close.map(({ key }) => key));
  const fresh = new Map([...next.open, ...next.update].map((finding) => [finding.key, finding]));
  const kept = book.open
    .filter(({ key }) => !gone.has(key))
    .map((one) => ({ key: one.key, finding: fresh.get(one.key) ?? one.finding }));
  const opened = next.open.map((finding) => ({ key: finding.key, finding }));
  return {
    open: [...kept, ...opened].toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    told: new Set([...book.told, ...opened.map(({ key }) => key)]),
    alerts: [...book.alerts, ...opened.map(({ key }) => key)],
    closed: [...book.closed, ...next.close],
  };
}
const play = (detections: readonly Detection[], from: Book = empty): Book =>
  detections.reduce(step, from);
const keys = ({ open }: Book): string[] => open.map(({ key }) => key);

/** A firm whose budget is used to `percent`, with an old approval where `waits`. */
function scene(percent: number, waits: boolean): Detection {
  const firm = sampleFirm();
  tellWeek(firm, "2026-10-20", {
    personId: "E1",
    week: "2026-10-12",
    loggedMinutes: percent * 600,
    billableMinutes: percent * 600,
  });
  if (waits) tellApproval(firm, ["A1", "2026-10-28"], {});
  return detect(firm.view("2026-11-04"), all);
}
const scenes = [50, 72, 85, 93, 101].flatMap((percent) =>
  [true, false].map((waits) => scene(percent, waits)),
);
const anyScenes = fc.array(fc.constantFrom(...scenes), { minLength: 1, maxLength: 12 });

describe("one case to a condition", () => {
  test("a repeated detection changes nothing", () => {
    fc.assert(
      fc.property(anyScenes, fc.integer({ min: 2, max: 10 }), (views, times) => {
        const once = play(views);
        const last = views.at(-1) as Detection;
        expect(
          play(
            Array.from({ length: times }, () => last),
            once,
          ),
        ).toEqual(once);
      }),
    );
  });

  test("any interleaving of the same views tells the same and ends with the same standing cases", () => {
    fc.assert(
      fc.property(
        anyScenes.chain((views) =>
          fc.tuple(
            fc.constant(views),
            fc.shuffledSubarray(views, { minLength: views.length, maxLength: views.length }),
          ),
        ),
        fc.constantFrom(...scenes),
        ([views, shuffled], last) => {
          const [one, other] = [play([...views, last]), play([...shuffled, last])];
          expect(other.told).toEqual(one.told);
          const standing = (book: Book) =>
            book.open.filter(({ finding }) => finding.repeat === "each-time");
          expect(standing(other)).toEqual(standing(one));
        },
      ),
    );
  });

  test("a budget that goes up and down tells each threshold once (WF-19)", () => {
    fc.assert(
      fc.property(anyScenes, (views) => {
        const budget = play(views).alerts.filter((key) => key.startsWith("budget-threshold:"));
        expect(new Set(budget).size).toBe(budget.length);
        const crossed = new Set(
          views
            .flatMap(({ findings }) => findings.map(({ key }) => key))
            .filter((key) => key.startsWith("budget-threshold:")),
        );
        expect(new Set(budget)).toEqual(crossed);
      }),
    );
  });

  test("ten duplicate deliveries of a won deal and its second project open one case", () => {
    const firm = sampleFirm();
    tellProject(firm, ["P2", "2026-10-20"], { name: "Payroll 2026" });
    const twice = firm.events.flatMap((event) => Array.from({ length: 10 }, () => event));
    (firm.events as unknown[]).splice(0, firm.events.length, ...twice);
    const detections = Array.from({ length: 10 }, () => detect(firm.view("2026-11-04"), all));
    expect(play(detections).alerts).toEqual(["duplicate-project:O1"]);
  });

  test("it closes when its cause is gone, with the reason, and may come back where that is news", () => {
    const book = play([scene(50, true), scene(50, false), scene(50, true)]);
    expect(book.closed).toEqual([{ key: "approval-ageing:A1", reason: "Its cause is gone." }]);
    expect(book.alerts).toEqual(["approval-ageing:A1", "approval-ageing:A1"]);
  });
});

describe("what cannot be judged stays as it is (P6)", () => {
  test("a silent system closes no case and opens none", () => {
    const firm = sampleFirm();
    tellApproval(firm, ["A1", "2026-10-28"], {});
    const book = play([detect(firm.view("2026-11-04"), all)]);
    firm.tell(["approval", "A1"], "2026-11-05", {
      state: "approved",
      decidedAt: "2026-11-05T08:00:00.000Z",
    });
    const stale = { psa: "2026-11-04T18:00:00.000Z", hris: null };
    expect(play([detect(firm.view("2026-11-05", { lastRead: stale }), all)], book)).toEqual(book);
    expect(keys(play([detect(firm.view("2026-11-05"), all)], book))).toEqual([]);
  });

  test("a look at one project closes nothing of another, nor what concerns the whole firm", () => {
    const firm = sampleFirm();
    tellApproval(firm, ["A1", "2026-10-28"], {});
    firm.tell(["client", "C1"], "2026-10-26", { sponsorName: "Joel Kern" });
    const book = play([detect(firm.view("2026-11-04"), all)]);
    expect(keys(book)).toEqual(["approval-ageing:A1", "sponsor-change:C1:2026-10-26"]);
    tellProject(firm, ["P7", "2026-11-04"], { opportunityId: null });
    expect(play([detect(firm.view("2026-11-05"), { projectIds: ["P7"] })], book)).toEqual(book);
  });
});

describe("a storm is one case", () => {
  const away = (requests: number) => {
    const firm = sampleFirm();
    firm.tell(["leave", "L1"], "2026-11-02", {
      personId: "E2",
      kind: "sick",
      from: "2026-11-02",
      to: "2026-11-20",
      coverPersonId: null,
    });
    for (let turn = 1; turn <= requests; turn += 1) {
      tellProject(firm, [`Q${turn}`, "2026-11-02"], {
        opportunityId: null,
        name: `Project ${turn}`,
      });
      tellApproval(firm, [`A${turn}`, "2026-11-02"], { projectId: `Q${turn}` });
    }
    return firm;
  };

  test("forty requests on the desk of somebody who is away are one case that lists them", () => {
    const book = play([detect(away(40).view("2026-11-04"), all)]);
    expect(book.alerts).toEqual(["approver-bottleneck:E2"]);
    const [storm] = book.open.map(({ finding }) => finding) as [Finding];
    expect(storm.title).toContain("40 cases on 40 projects");
    expect(storm.causes.filter(({ title }) => title.includes("waits for Ben Book"))).toHaveLength(
      40,
    );
    expect(storm.valueAtRisk).toEqual({ minor: 4_000_000, currency: "EUR" });
  });

  test("cases that were open become part of it, and a look at one project leaves them in it", () => {
    const few = play([detect(away(4).view("2026-11-04"), all)]);
    expect(keys(few)).toHaveLength(5);
    const firm = away(9);
    const storm = play([detect(firm.view("2026-11-05"), all)], few);
    expect(keys(storm)).toEqual(["approver-bottleneck:E2"]);
    expect(storm.closed.map(({ reason }) => reason)).toEqual(
      Array.from({ length: 4 }, () => "It is part of approver-bottleneck:E2."),
    );
    const part = play([detect(firm.view("2026-11-05"), { projectIds: ["Q3"] })], storm);
    expect(keys(part)).toEqual(keys(storm));
  });

  test("six documents that one transfer refuses are one case", () => {
    const firm = sampleFirm();
    for (let turn = 1; turn <= 6; turn += 1) {
      tellInvoice(firm, [`I${turn}`, "2026-11-03"], {
        state: "approved",
        approvedOn: "2026-11-03",
      });
      firm.tell(["sync-attempt", `S${turn}`], "2026-11-03", {
        subjectType: "invoice",
        subjectId: `I${turn}`,
        from: "psa",
        to: "erp",
        state: "failed",
        attempts: 5,
        message: null,
      });
    }
    const alerts = play([detect(firm.view("2026-11-04"), all)]).alerts;
    expect(alerts.filter((key) => key.startsWith("integration-failure"))).toEqual([
      "integration-failure:psa-erp",
    ]);
  });
});
