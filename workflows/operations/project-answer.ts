import { observe } from "#/domain/evidence.ts";
import { plainText } from "#/domain/plain-text.ts";
import { marginBridge } from "#/monitor/erosion/margin-bridge.ts";
import type { ForecastModels } from "#/monitor/predict/train-forecasts.ts";
import { slippageOf } from "#/monitor/slippage/slippage.ts";
import type { TwinRecord } from "#/monitor/twin/firm-view.ts";
import type { ProjectPicture, RuleLine, Statement } from "../operations-services.ts";
import { type ActionTitle, caseLine } from "./case-lines.ts";
import type { Case } from "./case-store.ts";
import { causeStatement, marginCauses, slipCauses } from "./cause-lines.ts";
import { colourSentence } from "./colour-words.ts";
import { createCitations } from "./figures.ts";
import { nameOf } from "./find-record.ts";
import type { FirmNow } from "./firm-picture.ts";
import { projectForecastFigures } from "./forecast-figures.ts";
import { projectFigures } from "./project-figures.ts";
import { ruleLine, ruleStatement, worstRules } from "./rule-lines.ts";
import { pictureOf } from "./sources.ts";

/** Everything about one project; the whole of it with `full`. */
export function projectAnswer(
  firm: FirmNow,
  project: TwinRecord<"project">,
  {
    full,
    cases,
    models,
    actionTitle,
  }: {
    readonly full: boolean;
    readonly cases: readonly Case[];
    readonly models: ForecastModels;
    readonly actionTitle: ActionTitle;
  },
): ProjectPicture {
  const { view } = firm;
  const citations = createCitations({ full });
  const health = firm.health(project.id);
  const rules = worstRules(health.rules.map((rule) => ruleLine(rule, view.asOf, citations)));
  const shown = rules.filter(({ band }) => full || !["green", "not-applicable"].includes(band));
  const bridge = full ? marginBridge(view, project.id) : null;
  const slip = full ? slippageOf(view, project.id) : null;
  const margin = bridge?.kind === "bridge" ? marginCauses(bridge, citations) : [];
  const slippage = slip?.kind === "slippage" ? slipCauses(slip, citations) : [];
  const forecast = projectForecastFigures(models, firm, { id: project.id, citations });
  const lines = cases
    .filter(({ finding }) => finding.projectId === project.id)
    .map((each) => caseLine(each, view, { citations, actionTitle }));
  const { fields } = project;
  const lead = view.get("person", fields.leadId);
  const header = citations.add([
    observe(project.source, "reportedHealth", fields.reportedHealth),
    observe(project.source, "name", fields.name),
  ]);
  const name = nameOf(project);
  const statements: Statement[] = [
    { text: colourSentence(name, health), evidence: [...header, ...evidenceOf(shown)] },
    ...(health.watermelon
      ? [
          {
            text: `Its lead reports ${health.watermelon.reported}; the records say ${health.watermelon.computed}.`,
            evidence: header,
          },
        ]
      : []),
    ...shown
      .filter(({ band }) => band !== "green" && band !== "not-applicable")
      .slice(0, full ? 12 : 5)
      .map(ruleStatement),
    ...lines.slice(0, 3).map(({ title, evidence }) => ({ text: `Open case: ${title}.`, evidence })),
    ...slippage.slice(0, 3).map(causeStatement),
    ...margin.slice(0, 3).map(causeStatement),
  ];
  const figures = projectFigures(firm, project, citations);
  return {
    ...pictureOf(firm, { statements, evidence: citations.all() }),
    project: { system: "psa", type: "project", id: project.id },
    name,
    clientName: plainText(fields.clientName, 80),
    leadName: lead ? plainText(lead.fields.name, 80) : null,
    rag: health.rag,
    computed: health.computed,
    reported: fields.reportedHealth,
    watermelon: health.watermelon !== null,
    coverage: health.coverage,
    dimensions: health.dimensions.map(({ dimension, status }) => ({
      dimension,
      status: status === "not-applicable" ? "green" : status,
    })),
    rules: shown,
    figures,
    margin,
    slippage,
    forecast,
    cases: lines,
  };
}

const evidenceOf = (lines: readonly RuleLine[]): Statement["evidence"] =>
  lines.slice(0, 3).flatMap(({ figure }) => figure.evidence.slice(0, 2));
