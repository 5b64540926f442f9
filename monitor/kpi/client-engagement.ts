import type { Source } from "#/domain/record.ts";
import { compareInstants } from "../civil-time.ts";
import { civilDays, dateIn } from "../clocks/civil-days.ts";
import type { Context } from "./context.ts";
import { createIntake, type Listing } from "./intake.ts";
import { amount, type Kpi, noValue, quotient } from "./kpi.ts";

/** One sign of life from the client. Automatic mail is none. */
export type ClientContact = {
  readonly source: Source;
  readonly at: string;
  readonly by: "sponsor" | "client-team";
  readonly automatic: boolean;
};

export type Engagement = {
  /** Civil days since the client's side last did anything. */
  readonly silence: Kpi;
  readonly sponsorSilence: Kpi;
  /** From `silence`: up to 5 days high, up to 10 medium. null: unknown. */
  readonly level: "high" | "medium" | "low" | null;
};

/** `since`: where silence starts when there never was any contact, usually the project's start. */
export function clientEngagement(
  contacts: Listing<ClientContact> | null,
  since: { readonly source: Source; readonly field: string; readonly on: string | null },
  { asOf, today, calendar }: Context,
): Engagement {
  const silence = (kpi: string, relevant: (contact: ClientContact) => boolean): Kpi => {
    const intake = createIntake();
    const about = { kpi, unit: "days", asOf, from: [intake] } as const;
    const newest = intake
      .list(contacts)
      .filter(
        (contact) =>
          !contact.automatic && relevant(contact) && compareInstants(contact.at, asOf) <= 0,
      )
      .toSorted((a, b) => compareInstants(b.at, a.at))[0];
    if (contacts === null) return noValue(about, "missing-input");
    if (newest !== undefined) {
      intake.need(newest.source, "at", newest.at);
      return amount(about, civilDays(dateIn(calendar.zone, newest.at), today));
    }
    const start = intake.need(since.source, since.field, since.on);
    return start === null
      ? noValue(about, "missing-input")
      : amount(about, Math.max(0, civilDays(start, today)));
  };
  const anybody = silence("client-silence", () => true);
  return {
    silence: anybody,
    sponsorSilence: silence("sponsor-silence", ({ by }) => by === "sponsor"),
    level:
      anybody.value === null
        ? null
        : anybody.value <= 5
          ? "high"
          : anybody.value <= 10
            ? "medium"
            : "low",
  };
}

/** One answer of a survey; `score` is 1–5 for CSAT and 0–10 for NPS. */
export type SurveyAnswer = { readonly source: Source; readonly score: number; readonly on: string };

/** Share of answers of 4 and 5. Fewer than five answers are noted as few. */
export const customerSatisfaction = (
  answers: Listing<SurveyAnswer> | null,
  context: Context,
): Kpi => survey("csat", answers, { context, weigh: (score) => (score >= 4 ? 1 : 0) });

/** Share of 9 and 10 less the share of 0 to 6, in percentage points. */
export const netPromoterScore = (answers: Listing<SurveyAnswer> | null, context: Context): Kpi =>
  survey("nps", answers, { context, weigh: (score) => (score >= 9 ? 1 : score <= 6 ? -1 : 0) });

type Weighing = { readonly context: Context; readonly weigh: (score: number) => number };

function survey(kpi: "csat" | "nps", answers: Listing<SurveyAnswer> | null, how: Weighing): Kpi {
  const intake = createIntake();
  const given = intake.list(answers).filter(({ on }) => on <= how.context.today);
  for (const { source, score } of given) intake.need(source, "score", score);
  const about = {
    kpi,
    unit: kpi === "nps" ? "percentage points" : "percent",
    asOf: how.context.asOf,
    from: [intake],
    notes: given.length < 5 ? (["few-answers"] as const) : [],
  } as const;
  if (answers === null) return noValue(about, "missing-input");
  return quotient(
    about,
    given.reduce((sum, { score }) => sum + how.weigh(score), 0),
    given.length,
  );
}
