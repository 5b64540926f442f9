import type { InvoiceCauseCode } from "#/domain/assessment.ts";
import { formatMoney } from "#/domain/money.ts";
import type { FieldsOf } from "#/domain/operating-model.ts";
import { plainText } from "#/domain/plain-text.ts";
import { compareInstants } from "../civil-time.ts";
import type { Condition } from "../condition.ts";
import type { Observed } from "../kpi/intake.ts";
import { observed } from "../observed.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import type { Bill } from "./bill.ts";
import { changesOf, fieldsAt } from "./record-history.ts";

/* What can be wrong with a draft from the moment it stands: order, rates, billing data, a hold. */

/** INV-6: the contract asks for an order, and none covers this invoice when it is drafted. */
export function orderCovers(
  view: FirmView,
  { invoice, project, draftedAt, out }: Bill,
): Condition[] {
  const contract = view.get("contract", project?.fields.contractId ?? "");
  const client = view.get("client", invoice.fields.clientId);
  const asked = [contract, client].find((record) => record?.fields.purchaseOrderRequired);
  if (!asked || !project) return [];
  const orders = view.by("purchase-order", "projectId", project.id);
  const amount = fieldsAt(view, invoice, draftedAt).netCents ?? invoice.fields.netCents;
  const onDay = view.calendar.zone;
  const covered = (instant: string): boolean =>
    orders.some((order) => covers(fieldsAt(view, order, instant), amount, dayOf(instant, onDay)));
  if (covered(draftedAt)) return [];
  const later = orders
    .flatMap((order) => view.history("purchase-order", order.id))
    .map(({ occurredAt }) => occurredAt)
    .filter((instant) => compareInstants(instant, draftedAt) > 0)
    .toSorted(compareInstants);
  const metAt = later.find((instant) => covered(instant)) ?? null;
  // It went out all the same: nobody waited for the order.
  if (out !== null && (metAt === null || compareInstants(metAt, out) > 0)) return [];
  const [order] = orders;
  const was = order ? fieldsAt(view, order, draftedAt) : null;
  const money = (minor: number) => formatMoney({ minor, currency: project.fields.currency });
  const why = !was?.number
    ? "no purchase order is on file"
    : was.expiresOn && was.expiresOn < dayOf(draftedAt, onDay)
      ? `purchase order ${plainText(was.number, 40)} expired ${was.expiresOn}`
      : `purchase order ${plainText(was.number, 40)} has ${money((was.amountCents ?? 0) - (was.usedCents ?? 0))} left for ${money(amount)}`;
  return [
    {
      ...conditionOn("INV-6", order ?? invoice),
      detail: `The contract asks for an order, and ${why}${metAt === null ? "" : `; it came ${dayOf(metAt, onDay)}`}`,
      blocksFrom: draftedAt,
      met: metAt !== null,
      metAt,
      evidence: [
        observed(asked.source, "purchaseOrderRequired", true),
        observed(invoice.source, "netCents", invoice.fields.netCents),
        ...orders.flatMap(({ source, fields }) => [
          observed(source, "amountCents", fields.amountCents),
          observed(source, "usedCents", fields.usedCents),
          observed(source, "expiresOn", fields.expiresOn),
        ]),
      ],
    },
  ];
}

const covers = (order: Partial<FieldsOf<"purchase-order">>, amount: number, day: string): boolean =>
  order.number !== undefined &&
  (order.receivedOn ?? day) <= day &&
  (order.expiresOn ?? day) >= day &&
  (order.amountCents ?? 0) - (order.usedCents ?? 0) >= amount;

/** INV-7: an hourly rate on the invoice is not the contract's for that grade and those weeks. */
export function ratesAgree(view: FirmView, { invoice, project, lines }: Bill): Condition[] {
  const card = view.by("rate-line", "contractId", project?.fields.contractId ?? "");
  const workedUntil = invoice.fields.periodEnd ?? invoice.fields.draftedOn;
  return lines.flatMap((line): Condition[] => {
    const agreed = card
      .filter(({ fields }) => fields.grade === line.fields.grade && fields.validFrom <= workedUntil)
      .toSorted((one, other) => (one.fields.validFrom < other.fields.validFrom ? 1 : -1))[0];
    if (!agreed) return [];
    const rate = agreed.fields.hourlyRateCents;
    const told = changesOf(view, line, "hourlyRateCents").filter(({ value }) => value !== null);
    const wrong = told.findIndex(({ value }) => value !== rate);
    if (wrong < 0) return [];
    const right = told.slice(wrong).find(({ value }) => value === rate) ?? null;
    const money = (minor: number) =>
      formatMoney({ minor, currency: project?.fields.currency ?? view.currency });
    return [
      {
        ...conditionOn("INV-7", line),
        detail: `“${plainText(line.fields.text, 60)}” was drafted at ${money(Number(told[wrong]?.value))} an hour, the contract says ${money(rate)}`,
        blocksFrom: told[wrong]?.at ?? null,
        met: right !== null,
        metAt: right?.at ?? null,
        evidence: [
          observed(line.source, "hourlyRateCents", line.fields.hourlyRateCents),
          observed(line.source, "grade", line.fields.grade),
          observed(agreed.source, "hourlyRateCents", rate),
          observed(agreed.source, "validFrom", agreed.fields.validFrom),
        ],
      },
    ];
  });
}

/**
 * INV-9: the ledger or the client's portal refused the billing data. Refusals that the rates explain
 * are theirs: one of the same draft, ended by the same correction.
 */
export function billingDataPasses(
  view: FirmView,
  { invoice, out }: Bill,
  rates: readonly Condition[],
): Condition[] {
  const told = changesOf(view, invoice, "validationError");
  const refused = told.filter(({ value }) => value !== null);
  const [first] = refused;
  if (!first) return [];
  const passed = told.flatMap(({ at, value }) =>
    value === null && compareInstants(at, first.at) > 0 ? [at] : [],
  );
  // A wrong rate is refused in words of its own; where nothing names it, the first refusal is it.
  const aboutRates = ({ value }: { readonly value: unknown }) => /\brates?\b/i.test(String(value));
  const ofRates = refused.find(aboutRates) ?? (rates.length > 0 ? first : undefined);
  const corrected = passed.findIndex((at) => rates.some(({ metAt }) => metAt === at));
  const ends = ofRates && corrected >= 0 ? passed.toSpliced(corrected, 1) : passed;
  const own = refused.filter((refusal) => refusal !== ofRates);
  return [...own, ...(ofRates && rates.length === 0 ? [ofRates] : [])].map((refusal): Condition => {
    const about = refusal === ofRates;
    const pool = about ? passed : ends;
    const metAt = pool.find((at) => compareInstants(at, refusal.at) > 0) ?? out;
    return {
      ...conditionOn(about ? "INV-7" : "INV-9", invoice),
      detail: `Refused: ${plainText(String(refusal.value), 160)}`,
      blocksFrom: refusal.at,
      met: metAt !== null,
      metAt,
      inferred: about,
      evidence: [observed(invoice.source, "validationError", invoice.fields.validationError)],
    };
  });
}

/** INV-10: somebody put it on hold, and said why. */
export function notHeld(view: FirmView, { invoice, out }: Bill): Condition[] {
  const told = changesOf(view, invoice, "holdReason");
  return told.flatMap(({ at, value }, index): Condition[] => {
    if (value === null || told[index - 1]?.value === value) return [];
    const metAt = told.slice(index + 1).find((next) => next.value === null)?.at ?? out;
    const { holdBy } = fieldsAt(view, invoice, at);
    const who = view.get("person", holdBy ?? "")?.fields.name ?? holdBy ?? "somebody";
    return [
      {
        ...conditionOn("INV-10", invoice),
        detail: `On hold by ${plainText(who, 80)}: ${plainText(String(value), 160)}`,
        blocksFrom: at,
        met: metAt !== null,
        metAt,
        evidence: holdEvidence(invoice),
      },
    ];
  });
}

const holdEvidence = ({ source, fields }: TwinRecord<"invoice">): Observed[] => [
  observed(source, "holdReason", fields.holdReason),
  observed(source, "holdBy", fields.holdBy),
  observed(source, "holdSince", fields.holdSince),
];

export const conditionOn = (
  cause: InvoiceCauseCode,
  { source: { system, type, id } }: TwinRecord,
) => ({ cause, record: { system, type, id }, inferred: false });

export const dayOf = (instant: string, zone: string): string =>
  Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDate().toString();
