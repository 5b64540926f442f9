import { dayOf, type Moment } from "./calendar.ts";
import type { InvoiceLine } from "./invoice.ts";
import type { InvoiceWay } from "./invoice-way.ts";

/** The draft as the office knew it then, and what changes of scope made of it afterwards. */
export function writeDraft(way: InvoiceWay): void {
  const { cast, log, plan, demand, id, draftedAt, links } = way;
  const { calendar, pack } = cast.setting;
  const { periodStart, periodEnd, lines, changes } = demand;
  // Decided before the draft, or not yet raised: not on it.
  const known = changes.filter(
    ({ from, declinedAt }) => from <= draftedAt && (declinedAt === null || declinedAt > draftedAt),
  );
  const outOfDate = way.on("rates-out-of-date");
  const drafted = lines.map((line) => (outOfDate ? atOldRate(line) : line));
  let netCents = sumOf(drafted) + sumOf(known.map(({ line }) => line));
  const when = { occurred: draftedAt };
  log.opened("invoice", id, {
    what: "drafted",
    when,
    links,
    fields: {
      projectId: plan.id,
      clientId: plan.client.id,
      reference: `${plan.client.code}-${demand.id.slice(1)}`,
      number: null,
      state: "draft",
      billing: plan.billing,
      periodStart: periodStart === null ? null : calendar.date(periodStart),
      periodEnd: periodEnd === null ? null : calendar.date(periodEnd),
      netCents,
      totalCents: withTax(netCents, pack.taxPercent),
      draftedOn: calendar.date(dayOf(draftedAt)),
      validationError: null,
      holdReason: null,
      holdBy: null,
      holdSince: null,
      approvalRequestedOn: null,
      approvedOn: null,
      approverId: null,
      ledgerState: "none",
      billingRunOn: null,
      issuedOn: null,
      dueOn: null,
      paidOn: null,
      ledgerEntry: null,
    },
  });
  const add = (line: InvoiceLine, index: number, moment: Moment): void =>
    log.opened("invoice-line", `${id}-${index + 1}`, {
      when: { occurred: moment },
      fields: { invoiceId: id, ...line },
      links: { invoice: id, milestone: line.milestoneId, "change-order": line.changeOrderId },
    });
  drafted.forEach((line, index) => add(line, index, draftedAt));
  const later: { moment: Moment; cents: number }[] = [];
  if (outOfDate) {
    const corrected = calendar.add(draftedAt, 0.05 + outOfDate.strength);
    lines.forEach(({ netCents: cents, hourlyRateCents, writtenDownCents }, index) => {
      if (drafted[index]?.hourlyRateCents === hourlyRateCents) return;
      log.changed("invoice-line", `${id}-${index + 1}`, {
        what: "corrected",
        when: { occurred: corrected },
        fields: { hourlyRateCents, netCents: cents, writtenDownCents },
        links: { invoice: id },
      });
    });
    later.push({ moment: corrected, cents: sumOf(lines) - sumOf(drafted) });
  }
  changes.forEach((change, turn) => {
    const { line, from, declinedAt } = change;
    const index = lines.length + turn;
    const onDraft = known.includes(change);
    if (!onDraft && from <= draftedAt) return;
    add(line, index, onDraft ? draftedAt : from);
    if (!onDraft) later.push({ moment: from, cents: line.netCents });
    if (declinedAt === null) return;
    log.changed("invoice-line", `${id}-${index + 1}`, {
      what: "dropped",
      when: { occurred: declinedAt },
      fields: { netCents: 0 },
      links: { invoice: id, "change-order": line.changeOrderId },
    });
    later.push({ moment: declinedAt, cents: -line.netCents });
  });
  for (const { moment, cents } of later.toSorted((one, other) => one.moment - other.moment)) {
    netCents += cents;
    way.set("recalculated", moment, { netCents, totalCents: withTax(netCents, pack.taxPercent) });
  }
}

/** What the line would be at last year's rate. */
function atOldRate(line: InvoiceLine): InvoiceLine {
  const { hourlyRateCents, netCents, writtenDownCents } = line;
  if (hourlyRateCents === null) return line;
  const old = Math.round(hourlyRateCents * 0.93);
  const scale = (cents: number): number => Math.round((cents * old) / hourlyRateCents);
  return {
    ...line,
    hourlyRateCents: old,
    netCents: scale(netCents),
    writtenDownCents: scale(writtenDownCents),
  };
}

export const sumOf = (lines: readonly InvoiceLine[]): number =>
  lines.reduce((sum, { netCents }) => sum + netCents, 0);

export const withTax = (netCents: number, percent: number): number =>
  Math.round((netCents * (100 + percent)) / 100);
