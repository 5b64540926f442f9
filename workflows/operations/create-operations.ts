import { CountersignError } from "#/domain/errors.ts";
import type { TenantId } from "#/domain/ids.ts";
import type { Principal } from "#/domain/member.ts";
import { type ForecastModels, trainForecasts } from "#/monitor/predict/train-forecasts.ts";
import type { OperationsServices } from "../operations-services.ts";
import type { OperationsStore } from "../operations-store.ts";
import type { Store, Tenant } from "../store.ts";
import { accountsAnswer } from "./accounts-answer.ts";
import type { ActionTitle } from "./case-lines.ts";
import type { Case, CaseStore } from "./case-store.ts";
import { casesAnswer } from "./cases-answer.ts";
import { findRecord } from "./find-record.ts";
import type { FirmNow, FirmPicture } from "./firm-picture.ts";
import { forecastAnswer } from "./forecast-answer.ts";
import { kpiAnswer, kpiList } from "./kpi-answer.ts";
import { portfolioAnswer } from "./portfolio-answer.ts";
import { processesAnswer } from "./processes-answer.ts";
import { projectAnswer } from "./project-answer.ts";
import { timelineAnswer } from "./timeline-answer.ts";
import { whatIfAnswer } from "./what-if-answer.ts";
import { whyAnswer } from "./why-answer.ts";

export type OperationsNeeds = {
  readonly store: Pick<Store, "tenant">;
  readonly picture: FirmPicture;
  readonly cases: Pick<CaseStore, "openCases">;
  readonly operations: Pick<OperationsStore, "eventsAbout">;
  readonly actionTitle: ActionTitle;
};

/** What the doors may ask about the firm as a whole. Reading only: nothing here can write. */
export function createOperations(needs: OperationsNeeds): OperationsServices {
  const reading = async (who: Principal): Promise<Tenant> => {
    if (!who.capabilities.has("read"))
      throw new CountersignError("FORBIDDEN", { who: who.name, what: "read", needed: "read" });
    return needs.store.tenant(who.tenant);
  };
  const firmOf = async (who: Principal): Promise<FirmNow> => needs.picture.now(await reading(who));
  const open = (tenant: TenantId): Promise<Case[]> => needs.cases.openCases(tenant);
  const models = trainedOnce();
  return {
    portfolio: async (who, query) =>
      portfolioAnswer(await firmOf(who), query, await open(who.tenant)),
    project: async (who, { project, full = false }) => {
      const firm = await firmOf(who);
      return projectAnswer(firm, findRecord(firm.view, "project", project), {
        full,
        cases: await open(who.tenant),
        models: models(firm),
        actionTitle: needs.actionTitle,
      });
    },
    cases: async (who, query) =>
      casesAnswer(await firmOf(who), query, {
        open: await open(who.tenant),
        actionTitle: needs.actionTitle,
      }),
    kpis: async (who) => {
      await reading(who);
      return kpiList();
    },
    kpi: async (who, query) => {
      const tenant = await reading(who);
      const firm =
        query.at === undefined
          ? await needs.picture.now(tenant)
          : await needs.picture.at(tenant, instantOf(query.at));
      return kpiAnswer(firm, query);
    },
    why: async (who, { of, full = false }) => whyAnswer(await firmOf(who), { of, full }),
    processes: async (who, query) => {
      const firm = await firmOf(who);
      return processesAnswer(firm, query, models(firm));
    },
    forecast: async (who, query) => {
      const firm = await firmOf(who);
      return forecastAnswer(firm, query, models(firm));
    },
    whatIf: async (who, query) => whatIfAnswer(await firmOf(who), query),
    accounts: async (who, query) => accountsAnswer(await firmOf(who), query),
    timeline: async (who, query) =>
      timelineAnswer(await firmOf(who), query, (object) =>
        needs.operations.eventsAbout(who.tenant, object),
      ),
  };
}

/**
 * Learning the firm's processes takes a moment, and an hour changes little: the same models serve until
 * they are an hour old. They know nothing that was recorded after they were made.
 */
function trainedOnce(): (firm: FirmNow) => ForecastModels {
  const kept = new WeakMap<object, ForecastModels>();
  const hour = 3_600_000;
  return ({ view }) => {
    const known = kept.get(view.calendar);
    if (known && Date.parse(view.asOf) - Date.parse(known.trainedThrough) < hour) return known;
    const models = trainForecasts(view);
    // One calendar object lives as long as its firm's picture.
    kept.set(view.calendar, models);
    return models;
  };
}

function instantOf(text: string): string {
  try {
    return new Date(Temporal.Instant.from(text).epochMilliseconds).toISOString();
  } catch {
    throw new CountersignError("INVALID_ARGUMENTS", {
      problems: "at: an instant in UTC such as 2026-11-23T10:00:00Z",
    });
  }
}
