import { CountersignError } from "#/domain/errors.ts";
import { plainText } from "#/domain/plain-text.ts";
import type { RecordRef } from "#/domain/record.ts";
import type { ForecastModels } from "#/monitor/predict/train-forecasts.ts";
import type { Figure, Picture } from "../operations-services.ts";
import { createCitations } from "./figures.ts";
import { calledIn, matching } from "./find-record.ts";
import type { FirmNow } from "./firm-picture.ts";
import {
  approvalFigures,
  cashFigures,
  forecastStatement,
  projectForecastFigures,
} from "./forecast-figures.ts";
import { pictureOf } from "./sources.ts";

/** What will probably become of an invoice, a request for approval or a project: whatever the name means. */
export function forecastAnswer(
  firm: FirmNow,
  { of }: { readonly of: string },
  models: ForecastModels,
): Picture & { readonly subject: RecordRef; readonly figures: readonly Figure[] } {
  const { view } = firm;
  const citations = createCitations();
  const ways = [
    { kind: "invoice", system: "erp", figures: cashFigures },
    { kind: "approval", system: "psa", figures: approvalFigures },
    { kind: "project", system: "psa", figures: projectForecastFigures },
  ] as const;
  for (const { kind, system, figures: forecast } of ways) {
    const [found, ...others] = matching(view, kind, of);
    if (!found) continue;
    if (others.length > 0)
      throw new CountersignError("AMBIGUOUS_NAME", {
        name: plainText(of, 80),
        candidates: [found, ...others].slice(0, 8).map(calledIn).join(", "),
      });
    const figures = forecast(models, firm, { id: found.id, citations });
    return {
      ...pictureOf(firm, {
        statements: figures.map(forecastStatement),
        evidence: citations.all(),
      }),
      subject: { system, type: kind, id: found.id },
      figures,
    };
  }
  throw new CountersignError("UNKNOWN_RECORD", {
    kind: "invoice, approval or project",
    name: plainText(of, 80),
  });
}
