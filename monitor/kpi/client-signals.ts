import type { Source } from "#/domain/record.ts";
import { compareInstants } from "../civil-time.ts";
import type { Context } from "./context.ts";
import { countOf } from "./count-of.ts";
import { type Listing } from "./intake.ts";
import type { Kpi } from "./kpi.ts";
import { isRecent } from "./schedule-signals.ts";

/** A survey score of 1–5, or a judged turn of the tone for the worse. */
export type SatisfactionSign = {
  readonly source: Source;
  readonly on: string;
  readonly kind: "csat" | "negative-trend";
  readonly score: number | null;
};

/** Answers of 3 and below and turns for the worse, in the last 30 civil days. */
export const lowSatisfactionSigns = (
  signs: Listing<SatisfactionSign> | null,
  context: Context,
): Kpi =>
  countOf(
    "low-satisfaction-signs",
    signs && {
      source: signs.source,
      items: signs.items
        .filter(({ on }) => isRecent(on, context.today))
        .map(({ source, kind, score, on }) =>
          kind === "csat"
            ? { source, field: "score", value: score, holds: score === null ? null : score <= 3 }
            : { source, field: "on", value: on, holds: true },
        ),
    },
    context,
  );

/** The sponsor changed or left. `mitigated` null: nobody says whether the new one is won. */
export type SponsorChange = { readonly source: Source; readonly mitigated: boolean | null };

/** Unclear ones count as unmitigated: the change itself is the fact. */
export const unmitigatedSponsorChanges = (
  changes: Listing<SponsorChange> | null,
  context: Context,
): Kpi =>
  countOf(
    "unmitigated-sponsor-changes",
    changes && {
      source: changes.source,
      items: changes.items.map(({ source, mitigated }) => ({
        source,
        field: "mitigated",
        value: mitigated,
        holds: mitigated !== true,
      })),
    },
    context,
  );

/** An open ticket of the highest severity; `dueAt` null: no limit is known. */
export type SevereTicket = { readonly source: Source; readonly dueAt: string | null };

/** Open tickets of the highest severity past their limit. */
export const severeTicketsPastLimit = (
  tickets: Listing<SevereTicket> | null,
  context: Context,
): Kpi =>
  countOf(
    "severe-tickets-past-limit",
    tickets && {
      source: tickets.source,
      items: tickets.items.map(({ source, dueAt }) => ({
        source,
        field: "dueAt",
        value: dueAt,
        holds: dueAt === null ? null : compareInstants(dueAt, context.asOf) < 0,
      })),
    },
    context,
  );
