import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { buildFirm, meridian } from "./build-firm.ts";
import { type Firm, totalCents } from "./firm.ts";
import { addBusinessDays, addDays, firmDays } from "./firm-days.ts";
import { directory } from "./people.ts";
import { expectedCauses } from "./truth.ts";

const seed = "meridian";
/** Monday to Sunday, and the turns of a year and of a leap February. */
const anchors = [
  ...Array.from({ length: 7 }, (_, day) => addDays("2026-11-23", day)),
  "2027-01-01",
  "2028-02-29",
];

const monitored = (firm: Firm, invoiceId: string) => {
  const invoice = firm.invoices.find(({ id }) => id === invoiceId);
  if (!invoice) throw new Error(`no ${invoiceId}`);
  const ids = new Set(invoice.lines.flatMap((l) => [l.milestoneId, l.changeOrderId]));
  const rows = firm.timesheets.filter(
    ({ projectId, week }) =>
      invoice.period &&
      projectId === invoice.projectId &&
      week >= invoice.period.start &&
      week <= invoice.period.end,
  );
  return { invoice, rows, ids };
};

/** What the records themselves say, found without looking at how the firm was made. */
function holdsBack(firm: Firm, invoiceId: string): string[] {
  const { invoice, rows, ids } = monitored(firm, invoiceId);
  const missing = rows.filter((r) => r.submittedOn === null && r.expectedMinutes > 0);
  const waiting = rows.filter((r) => r.state === "pending_approval");
  const undecided = firm.changeOrders.filter((c) => ids.has(c.id) && c.decidedOn === null);
  const open = firm.milestones.filter((m) => {
    if (!ids.has(m.id) || m.acceptedOn || !m.deliveredOn) return false;
    return m.silentDays === null || addBusinessDays(m.deliveredOn, m.silentDays) >= firm.anchor;
  });
  const queued = invoice.approval !== null && invoice.approval.approvedOn === null;
  const found = { "INV-1": missing, "INV-2": waiting, "INV-3": undecided, "INV-4": open };
  const codes = Object.entries(found).flatMap(([code, list]) => (list.length ? [code] : []));
  if (queued) codes.push("INV-8");
  if (codes.length === 0 && invoice.billingRunOn) codes.push("INV-12");
  return codes;
}

describe("the firm", () => {
  test("the same seed and anchor give the same firm, another seed does not", () => {
    const once = buildFirm({ seed, anchor: "2026-11-23" });
    expect(buildFirm({ seed, anchor: "2026-11-23" })).toEqual(once);
    expect(buildFirm({ seed: "other", anchor: "2026-11-23" })).not.toEqual(once);
  });

  test("a new project leaves every other record as it was", () => {
    const before = buildFirm({ seed, anchor: "2026-11-23" });
    const extra = {
      id: "PRJ-999",
      client: "ACC-08",
      name: "Lumen Library",
      code: "LUM-LIB",
      lead: "dreyes",
      billing: "time",
      team: { jweber: 8 },
    } as const;
    const after = buildFirm(
      { seed, anchor: "2026-11-23" },
      { ...meridian, projects: [extra, ...meridian.projects] },
    );
    expect(after.projects).toHaveLength(before.projects.length + 1);
    expect(after.timesheets.filter((row) => row.projectId !== "PRJ-999")).toEqual(
      before.timesheets,
    );
    expect(after.projects.filter(({ id }) => id !== "PRJ-999")).toEqual(before.projects);
    expect(after.invoices).toEqual(before.invoices);
  });

  test("it has about twenty projects, eight clients and the people its policies need", () => {
    const firm = buildFirm({ seed, anchor: "2026-11-23" });
    expect([firm.projects.length, firm.clients.length]).toEqual([20, 8]);
    const active = directory().filter((person) => person.active);
    const count = (role: string) =>
      active.filter(({ roles }) => roles.some((r) => r === role)).length;
    expect(count("DeliveryLead")).toBeGreaterThanOrEqual(2);
    expect(count("FinanceManager")).toBeGreaterThanOrEqual(3);
    expect(count("Consultant")).toBe(8);
    expect([count("ContractOwner"), count("Administrator"), count("Auditor")]).toEqual([1, 1, 1]);
    expect(directory().filter((person) => !person.active)).toEqual([
      {
        name: "Gareth Pike",
        email: "gareth.pike@meridian.example",
        roles: ["FinanceManager"],
        active: false,
      },
    ]);
  });

  test.each(anchors)(
    "on %s nothing recorded lies in the future, and no weekday is a weekend",
    (anchor) => {
      const firm = buildFirm({ seed, anchor });
      const past = [
        ...firm.timesheets.flatMap((t) => [t.submittedOn, t.approvedOn]),
        ...firm.milestones.flatMap((m) => [m.deliveredOn, m.acceptedOn]),
        ...firm.changeOrders.flatMap((c) => [c.raisedOn, c.decidedOn]),
        ...firm.invoices.flatMap((i) => [i.draftedOn, i.postedOn, i.approval?.requestedOn ?? null]),
      ].filter((date) => date !== null);
      expect(past.filter((date) => date > anchor)).toEqual([]);
      expect(past.filter((date) => Temporal.PlainDate.from(date).dayOfWeek > 5)).toEqual([]);
      expect(
        firm.timesheets.filter((t) => Temporal.PlainDate.from(t.week).dayOfWeek !== 1),
      ).toEqual([]);
      const runs = firm.invoices.flatMap(({ billingRunOn }) => billingRunOn ?? []);
      expect(runs.filter((date) => date <= anchor)).toEqual([]);
    },
  );

  test.each(anchors)("on %s the records say exactly what the truth says", (anchor) => {
    const firm = buildFirm({ seed, anchor });
    const truth = expectedCauses(anchor);
    for (const { invoice, causes, ruledOut } of truth) {
      const found = holdsBack(firm, invoice);
      expect([invoice, found]).toEqual([invoice, causes.map(({ code }) => code)]);
      expect(found.filter((code) => ruledOut.some((out) => out === code))).toEqual([]);
    }
    const drafts = firm.invoices.filter(({ state }) => state === "open_draft").map(({ id }) => id);
    expect(new Set(truth.map(({ invoice }) => invoice))).toEqual(new Set(drafts));
    const everyId = new Set([
      ...firm.timesheets.map(({ id }) => id),
      ...firm.milestones.map(({ id }) => id),
      ...firm.changeOrders.map(({ id }) => id),
      ...firm.invoices.map(({ id }) => id),
    ]);
    expect(
      truth.flatMap((t) => t.causes.flatMap((c) => c.records)).filter((id) => !everyId.has(id)),
    ).toEqual([]);
  });

  test.each(anchors)(
    "on %s the three causes overlap: each was there before the next upstream one",
    (anchor) => {
      const [three] = expectedCauses(anchor);
      const since = Object.fromEntries((three?.causes ?? []).map((c) => [c.code, c.since]));
      const close = firmDays(anchor).day(["close", 0]);
      const order = [since["INV-4"], close, since["INV-1"], since["INV-3"], anchor];
      expect(order).toEqual([...order].sort((a, b) => String(a).localeCompare(String(b))));
      expect(new Set(order).size).toBe(5);
    },
  );

  test("amounts fall on the intended side of the approval limit, tax included", () => {
    const firm = buildFirm({ seed, anchor: "2026-11-23" });
    const total = (id: string) => totalCents(monitored(firm, id).invoice) / 100;
    expect(total("SI-1042")).toBe(22134);
    expect(total("SI-1048")).toBeLessThan(25000);
    expect(total("SI-1049")).toBeGreaterThan(25000);
  });

  test("every posted invoice has one ledger entry over its total, and no other invoice has any", () => {
    const firm = buildFirm({ seed, anchor: "2026-11-23" });
    const posted = firm.invoices.filter(({ postedOn }) => postedOn !== null);
    expect(posted.length).toBeGreaterThan(10);
    expect(firm.ledger.map(({ invoiceId, totalCents: cents }) => [invoiceId, cents])).toEqual(
      posted.map((invoice) => [invoice.id, totalCents(invoice)]),
    );
  });

  test("it can be built for any anchor and seed", () => {
    const anyDay = fc.integer({ min: 0, max: 20_000 }).map((n) => addDays("2000-01-01", n));
    fc.assert(
      fc.property(anyDay, fc.string(), (anchor, anySeed) => {
        const firm = buildFirm({ seed: anySeed, anchor });
        const healthy = firm.timesheets.filter((t) => t.submittedOn !== null);
        expect(healthy.every((t) => t.loggedMinutes >= t.expectedMinutes)).toBe(true);
        for (const { invoice, causes } of expectedCauses(anchor))
          expect(holdsBack(firm, invoice)).toEqual(causes.map(({ code }) => code));
      }),
      { numRuns: 40 },
    );
  });

  test("an anchor that is no date is refused", () => {
    expect(() => buildFirm({ seed, anchor: "yesterday" })).toThrow(RangeError);
  });
});
