import { describe, expect, test } from "vitest";
import { changed, sampleView, type Told, told } from "../erosion/sample-project.ts";
import { createRandom } from "../forecast/log-fixture.ts";
import { forecastApproval } from "./forecast-approval.ts";
import { forecastCash } from "./forecast-cash.ts";
import { forecastProject } from "./forecast-project.ts";
import { predictReport } from "./process-report.ts";
import { trainForecasts } from "./train-forecasts.ts";

const hour = 3_600_000;
const start = Date.parse("2026-01-05T09:00:00Z");
const iso = (at: number) => new Date(at).toISOString().slice(0, 19).concat("Z");
/** The instant after so many business hours of nine to five, Monday to Friday. */
function workingHours(count: number): number {
  const days = Math.floor(count / 8);
  return start + (Math.floor(days / 5) * 7 + (days % 5)) * 24 * hour + (count % 8) * hour;
}

const meanHours = 16;
/** Expense claims decided after an exponential wait of two business days on average. */
function approvals(count: number, seed = 1): { tellings: Told[]; asOf: string } {
  const random = createRandom(seed);
  const tellings: Told[] = [];
  for (let index = 0; index < count; index += 1) {
    const asked = index * 1.5;
    const decided = asked - Math.log(1 - random()) * meanHours;
    const id = `A${String(index).padStart(4, "0")}`;
    const requestedAt = iso(workingHours(asked));
    const decidedAt = iso(workingHours(decided));
    tellings.push(
      { ...told("approval", id, { requestedAt }), at: requestedAt },
      changed(["approval", id], decidedAt, { state: "approved", decidedAt, decidedBy: "E9" }),
    );
  }
  const byTime = tellings.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  return { tellings: byTime, asOf: iso(workingHours(count * 1.5 - 0.5)) };
}
const openOnes = (tellings: readonly Told[], asOf: string): string[] => {
  const view = sampleView(asOf, tellings);
  return view.all("approval").flatMap(({ id, fields }) => (fields.state === "pending" ? [id] : []));
};

describe("forecasts from the firm's own history", () => {
  const { tellings, asOf } = approvals(600);
  const view = sampleView(asOf, tellings);
  const models = trainForecasts(view);

  test("a known distribution comes back: an exponential wait has no memory", () => {
    const [id = ""] = openOnes(tellings, asOf);
    const forecast = forecastApproval(models, view, id);
    if (forecast.kind === "no-forecast") throw new Error(forecast.reason);
    // Median 2 · ln 2 and nine in ten 2 · ln 10 business days, however long it has waited.
    expect(forecast.remaining.unit).toBe("business days");
    expect(forecast.remaining.p50).toBeGreaterThan(1);
    expect(forecast.remaining.p50).toBeLessThan(1.9);
    expect(forecast.remaining.p90).toBeGreaterThan(3.2);
    expect(forecast.remaining.p90).toBeLessThan(6.5);
    expect(forecast.measured?.meanDays).toBeLessThan(2.2);
    expect(forecast.evidence).not.toEqual([]);
  });

  test("P(over the limit | waited so long) is one once the limit is past, and the firm's own share before", () => {
    const shares = openOnes(tellings, asOf).flatMap((id) => {
      const forecast = forecastApproval(models, view, id);
      if (forecast.kind === "no-forecast" || !forecast.breach) return [];
      const { share, limitDays } = forecast.breach;
      const expected =
        forecast.waitedDays >= limitDays ? 1 : Math.exp(-(limitDays - forecast.waitedDays) / 2);
      return [Math.abs(share - expected)];
    });
    expect(shares.length).toBeGreaterThan(3);
    // 600 waits: a share is off by a few points.
    expect(Math.max(...shares)).toBeLessThan(0.12);
  });

  test("what is recorded later changes nothing that was said before it", () => {
    const later = approvals(900).tellings;
    const same = trainForecasts(sampleView(asOf, later));
    expect(predictReport(same)).toEqual(predictReport(models));
    const [id = ""] = openOnes(tellings, asOf);
    expect(forecastApproval(same, sampleView(asOf, later), id)).toEqual(
      forecastApproval(models, view, id),
    );
  });

  test("under twenty ended cases there is no forecast, and the reason says how many there are", () => {
    const few = approvals(15);
    const small = sampleView(few.asOf, [
      ...few.tellings,
      { ...told("approval", "open", { requestedAt: few.asOf }), at: few.asOf },
    ]);
    const forecast = forecastApproval(trainForecasts(small), small, "open");
    expect(forecast).toMatchObject({ kind: "no-forecast" });
    expect(forecast.kind === "no-forecast" && forecast.reason).toMatch(
      /ended cases; 20 are needed/,
    );
  });

  test("no forecast for what is decided, withdrawn or unknown", () => {
    const gone = sampleView(asOf, [
      ...tellings,
      { ...told("approval", "W", { state: "withdrawn", requestedAt: asOf }), at: asOf },
    ]);
    for (const id of ["A0000", "W", "nobody"])
      expect(forecastApproval(models, gone, id).kind).toBe("no-forecast");
  });

  test("a firm without any history answers everything with a reason", () => {
    const empty = sampleView(asOf, []);
    const none = trainForecasts(empty);
    const report = predictReport(none);
    expect(report.processes.every(({ abstains, p50 }) => abstains !== null && p50 === null)).toBe(
      true,
    );
    expect(forecastCash(none, empty, "I1")).toMatchObject({ reason: "there is no such invoice" });
    expect(forecastProject(none, empty, "P")).toMatchObject({ reason: "there is no such project" });
  });

  test("every process of the report says how good it is or why it is silent", () => {
    for (const { measured, abstains, ended } of predictReport(models).processes) {
      expect((measured?.forecasts ?? 0) > 0).toBe(abstains === null);
      expect(ended < 20).toBe(abstains !== null);
    }
  });
});

describe("cash and project ends", () => {
  const day = (offset: number) => iso(start + offset * 24 * hour);
  const date = (offset: number) => day(offset).slice(0, 10);
  const invoices = (count: number): Told[] =>
    Array.from({ length: count }, (_, index) => index).flatMap((index) => [
      { ...told("invoice", `I${index}`, { draftedOn: date(index) }), at: day(index) },
      changed(["invoice", `I${index}`], day(index + 4), {
        state: "issued",
        issuedOn: date(index + 4),
        dueOn: date(index + 34),
      }),
      changed(["invoice", `I${index}`], day(index + 40 + (index % 5)), {
        state: "paid",
        paidOn: date(index + 40 + (index % 5)),
      }),
    ]);

  test("money of an invoice that is not issued is forecast through its issue to its payment", () => {
    const asOf = day(150);
    const tellings = [
      ...invoices(100),
      { ...told("invoice", "draft", {}), at: day(149) },
      { ...told("invoice", "sent", {}), at: day(140) },
      changed(["invoice", "sent"], day(144), {
        state: "issued",
        issuedOn: date(144),
        dueOn: date(174),
      }),
    ];
    const view = sampleView(asOf, tellings);
    const models = trainForecasts(view);
    const draft = forecastCash(models, view, "draft");
    if (draft.kind === "no-forecast") throw new Error(draft.reason);
    // A day old; issued on day 4 and paid on days 40 to 44 of its life.
    expect(draft.remaining.p50).toBeGreaterThanOrEqual(39);
    expect(draft.remaining.p50).toBeLessThanOrEqual(43);
    expect(draft.issue?.kind).toBe("forecast");
    const sent = forecastCash(models, view, "sent");
    if (sent.kind === "no-forecast") throw new Error(sent.reason);
    expect(sent.issue).toBeNull();
    expect(sent.expectedAt.p50?.slice(0, 10)).toBe(date(182));
    expect(sent.measured?.cases).toBeGreaterThan(5);
    expect(forecastCash(models, view, "I0")).toMatchObject({ reason: "it is paid already" });
  });

  /** Ten projects, each of which ended five business days after what its lead said half-way. */
  const finished = Array.from({ length: 10 }, (_, index) => `F${index}`).flatMap(
    (id, index): Told[] => [
      told("project", id, {
        status: "completed",
        percentComplete: 100,
        completedOn: date(index * 7 + 35),
        forecastEndOn: date(index * 7 + 28),
      }),
      ...[10, 12, 14].map(
        (offset): Told => ({
          kind: "progress-report",
          id: `${id}-${offset}`,
          at: day(index * 7 + offset),
          fields: {
            projectId: id,
            reportedOn: date(index * 7 + offset),
            percentComplete: 50,
            remainingMinutes: 30_000,
            reportedHealth: "green",
            forecastEndOn: date(index * 7 + 28),
            authorId: "E9",
          },
        }),
      ),
    ],
  );

  test("a project's end is the lead's date moved by what such dates have missed, and its cost a range", () => {
    const asOf = day(120);
    const view = sampleView(asOf, [
      ...finished,
      told("project", "P", {
        percentComplete: 50,
        forecastEndOn: date(140),
        reportedOn: date(119),
      }),
      told("person", "E1"),
      told("timesheet-week", "T", { loggedMinutes: 36_000 }),
    ]);
    const forecast = forecastProject(trainForecasts(view), view, "P");
    if (forecast.kind === "no-forecast" || "kind" in forecast.end || "kind" in forecast.cost)
      throw new Error("no forecast");
    expect(forecast.end).toMatchObject({ laterDays: 5, p50: date(147), support: 30 });
    // 600 hours for half of it: 1,200 as it goes, 1,100 if the rest goes as planned; at 60.00.
    expect(forecast.cost).toMatchObject({
      set: { typical: 7_200_000, atypical: 6_600_000, bottomUp: null },
      low: 6_600_000,
      high: 7_200_000,
    });
  });

  test("fewer than eight finished projects say nothing of the next one's end", () => {
    const view = sampleView(day(120), [
      ...finished.filter(({ id }) => id < "F3"),
      told("project", "P", { percentComplete: 50 }),
    ]);
    expect(forecastProject(trainForecasts(view), view, "P")).toMatchObject({
      end: { kind: "no-forecast" },
    });
  });
});
