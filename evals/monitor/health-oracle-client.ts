import { speaksOfExtraWork } from "./health-oracle-notes.ts";
import { type Case, type Colour, ladder, sum } from "./health-oracle-records.ts";

/* Client, quality, billing and scope cues, as the guide says it. */

/** Cues of 15 to 44 days ago that no change order came near, and that none was open for. */
export function sco2({ firm: { time, of }, project }: Case): Colour {
  const orders = of("change-order", "projectId", project.id);
  const cues = of("note", "projectId", project.id).filter(({ text, writtenAt }) => {
    const on = time.dayOf(writtenAt);
    const age = time.daysBetween(on, time.today);
    if (age <= 14 || age > 44 || !speaksOfExtraWork(text)) return false;
    return !orders.some(
      ({ raisedOn, decidedOn }) =>
        Math.abs(time.daysBetween(on, raisedOn)) <= 14 ||
        (raisedOn < on && (decidedOn === null || decidedOn >= on)),
    );
  });
  return ladder(
    cues.length,
    (x) => x >= 1,
    (x) => x >= 3,
  );
}

/** Tickets that came back, deliveries made twice; severe tickets older than two business days. */
export function qua2({ firm: { time, of, eventsOf }, project }: Case): Colour {
  const tickets = of("ticket", "clientId", project.clientId).filter(
    ({ projectId }) => projectId === null || projectId === project.id,
  );
  const recent = tickets.filter(({ openedOn }) => openedOn >= time.plus(time.today, -90));
  const delivered = of("milestone", "projectId", project.id).filter(
    ({ deliveredOn }) => deliveredOn !== null,
  );
  const twice = delivered.filter(
    ({ id }) =>
      new Set(eventsOf(id).flatMap(({ attributes }) => attributes["deliveredOn"] ?? [])).size > 1,
  );
  const cases = recent.length + delivered.length;
  const again = recent.filter(({ reopens }) => reopens > 0).length + twice.length;
  const late = tickets.some(
    ({ severity, state, openedOn }) =>
      severity === 1 &&
      state === "open" &&
      // Its evening has passed.
      time.plusWorkdays(openedOn, 2) < time.today,
  );
  if (late) return "red";
  return cases === 0
    ? "green"
    : ladder(
        (100 * again) / cases,
        (x) => x > 10,
        (x) => x > 20,
      );
}

const issued = ({ state }: { readonly state: string }): boolean =>
  state === "issued" || state === "paid";

/** Days since a milestone was accepted, or a period ended, that is still not billed. */
export function bil1({ firm: { time, of, records }, project }: Case): Colour {
  const accepted = of("milestone", "projectId", project.id).flatMap((each) => {
    if (!each.contractual || each.amountCents === 0) return [];
    const { deliveredOn, deemedAcceptedAfterDays: silence } = each;
    const deemed =
      deliveredOn !== null && silence !== null ? time.plusWorkdays(deliveredOn, silence) : null;
    const on = each.acceptedOn ?? (deemed !== null && deemed < time.today ? deemed : null);
    if (on === null || on >= time.today) return [];
    const billed = of("invoice-line", "milestoneId", each.id).some(({ invoiceId }) => {
      const invoice = records.find("invoice", invoiceId);
      return invoice !== null && issued(invoice);
    });
    return billed ? [] : [on];
  });
  const periods = of("invoice", "projectId", project.id).flatMap((invoice) =>
    !issued(invoice) && invoice.periodEnd !== null && invoice.periodEnd < time.today
      ? [invoice.periodEnd]
      : [],
  );
  const ages = [...accepted, ...periods].map((on) => time.daysBetween(on, time.today));
  return ladder(
    Math.max(0, ...ages),
    (x) => x > 7,
    (x) => x > 21,
  );
}

/** Of the invoices of this month and those still open: the share that something stops. */
export function bil2({ firm: { time, of }, project }: Case): Colour {
  const invoices = of("invoice", "projectId", project.id).filter(
    (invoice) => !issued(invoice) || invoice.draftedOn.slice(0, 7) === time.today.slice(0, 7),
  );
  const orderNeeded = of("contract", "projectId", project.id)[0]?.purchaseOrderRequired === true;
  const orders = of("purchase-order", "projectId", project.id);
  const blocked = invoices.filter((invoice) => {
    if (issued(invoice)) return false;
    const ordered = orders.some(
      ({ receivedOn, expiresOn, amountCents, usedCents }) =>
        receivedOn !== null &&
        receivedOn <= time.today &&
        (expiresOn === null || expiresOn >= time.today) &&
        amountCents - usedCents >= invoice.netCents,
    );
    return (
      invoice.validationError !== null ||
      invoice.holdReason !== null ||
      invoice.ledgerState === "failed" ||
      (orderNeeded && !ordered)
    );
  });
  const all = sum(invoices, ({ netCents }) => netCents);
  if (all === 0) return "not-applicable";
  return ladder(
    (100 * sum(blocked, ({ netCents }) => netCents)) / all,
    (x) => x > 5,
    (x) => x > 15,
  );
}

export function bil3({ firm: { time, of }, project }: Case): Colour {
  const late = of("invoice", "projectId", project.id).flatMap(({ state, dueOn, totalCents }) =>
    state === "issued" && dueOn !== null && dueOn < time.today && totalCents !== 0
      ? [time.daysBetween(dueOn, time.today)]
      : [],
  );
  return ladder(
    Math.max(0, ...late),
    (x) => x > 15,
    (x) => x > 45,
  );
}

export function cli1({ firm: { time, of }, project }: Case): Colour {
  const last = sponsorDays({ firm: { time, of }, project })
    .filter((on) => on <= time.today)
    .toSorted()
    .at(-1);
  const since = last ?? project.kickoffOn ?? project.plannedStartOn;
  return ladder(
    Math.max(0, time.daysBetween(since, time.today)),
    (x) => x > 30,
    (x) => x > 60,
  );
}

/** Answers of 3 and less in the last 30 days. */
export function cli2({ firm: { time, of }, project }: Case): Colour {
  const low = of("survey", "clientId", project.clientId).filter(
    ({ kind, score, answeredOn, projectId }) => {
      const age = time.daysBetween(answeredOn, time.today);
      const ours = projectId === null || projectId === project.id;
      return ours && kind === "csat" && score <= 3 && age >= 0 && age <= 30;
    },
  );
  return ladder(
    low.length,
    (x) => x >= 1,
    (x) => x >= 2,
  );
}

/** The sponsor became somebody else since the project began, and nobody has met a sponsor since. */
export function cli3({ firm, project }: Case): Colour {
  const { time, eventsOf } = firm;
  const unmet = eventsOf(project.clientId).some(({ type, occurredAt }) => {
    if (type !== "client.sponsor-changed") return false;
    const on = time.dayOf(occurredAt);
    return (
      on >= project.plannedStartOn &&
      !sponsorDays({ firm, project }).some((met) => met > on && met <= time.today)
    );
  });
  return unmet ? "red" : "green";
}

const sponsorDays = ({
  firm,
  project,
}: {
  readonly firm: Pick<Case["firm"], "of" | "time">;
  readonly project: Case["project"];
}): string[] =>
  firm
    .of("contact", "clientId", project.clientId)
    .filter(
      ({ role, projectId }) =>
        role === "sponsor" && (projectId === null || projectId === project.id),
    )
    .map(({ on }) => on);
