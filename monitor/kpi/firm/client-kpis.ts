import { lastSponsorContact } from "../../portfolio/account-facts.ts";
import { fieldsOf } from "../../portfolio/basis.ts";
import { contextOf } from "../../portfolio/firm-context.ts";
import type { FirmView, TwinRecord } from "../../twin/firm-view.ts";
import { customerSatisfaction, netPromoterScore, type SurveyAnswer } from "../client-engagement.ts";
import { createIntake } from "../intake.ts";
import { amount, noValue } from "../kpi.ts";
import { type FirmKpi, firmKpi, type Part, type Question, type Scope } from "./firm-kpi.ts";
import { placed } from "./selection.ts";

const clientsIn = (view: FirmView, scope: Scope): readonly TwinRecord<"client">[] =>
  scope.kind === "client"
    ? [view.get("client", scope.id ?? "")].filter((client) => client !== null)
    : view.all("client");

function answersIn({ view, scope, period }: Question, kind: "csat" | "nps"): Part<SurveyAnswer>[] {
  return clientsIn(view, scope).flatMap((client) =>
    view
      .by("survey", "clientId", client.id)
      .filter(
        ({ fields }) =>
          fields.kind === kind &&
          fields.answeredOn >= period.from &&
          fields.answeredOn <= period.to,
      )
      .map((survey) => ({
        ...placed(
          view,
          { record: survey, projectId: survey.fields.projectId, title: client.fields.name },
          {
            fact: {
              source: survey.source,
              score: survey.fields.score,
              on: survey.fields.answeredOn,
            },
            basis: fieldsOf(survey, "kind", "score", "answeredOn"),
          },
        ),
        clientId: client.id,
      })),
  );
}

const asked = { scopes: ["firm", "client"], days: 180, additive: true, systems: ["crm"] } as const;

export const clientKpis: readonly FirmKpi[] = [
  firmKpi<SurveyAnswer>({
    ...asked,
    kpi: "csat",
    title: "Satisfied clients",
    unit: "percent",
    meaning: "Answers of 4 and 5, of all answers. Below five answers it says little.",
    sourceNote: "Common practice.",
    parts: (question) => answersIn(question, "csat"),
    formula: customerSatisfaction,
  }),
  firmKpi<SurveyAnswer>({
    ...asked,
    kpi: "nps",
    title: "Net promoter score",
    unit: "percentage points",
    meaning: "Answers of 9 and 10 less answers of 0 to 6.",
    sourceNote: "Common practice.",
    parts: (question) => answersIn(question, "nps"),
    formula: netPromoterScore,
  }),
  firmKpi<number>({
    kpi: "sponsor-silence",
    title: "Silence of the sponsor",
    unit: "days",
    meaning: "Civil days since the sponsor was last met; of several clients the longest.",
    sourceNote: "30 and 60 days are judgements.",
    scopes: ["firm", "client"],
    days: null,
    additive: false,
    systems: ["crm"],
    parts: ({ view, scope }) =>
      clientsIn(view, scope).flatMap((client) => {
        const { days, evidence } = lastSponsorContact(view, client.id, contextOf(view).today);
        return days === null
          ? []
          : [
              {
                ...placed(
                  view,
                  { record: client, projectId: null, title: client.fields.name },
                  { fact: days, basis: evidence },
                ),
                clientId: client.id,
              },
            ];
      }),
    formula: (days, context) => {
      const intake = createIntake();
      const found = intake.list(days);
      const about = {
        kpi: "sponsor-silence",
        unit: "days",
        asOf: context.asOf,
        from: [intake],
      } as const;
      if (found.length === 0) return noValue(about, days === null ? "missing-input" : "none-found");
      return amount(about, Math.max(...found));
    },
  }),
];
