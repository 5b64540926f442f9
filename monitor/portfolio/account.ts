import { plusDays } from "../clocks/civil-days.ts";
import type { ProjectHealth } from "../health/project-health.ts";
import { type RenewalRisk, type RenewalSignal, renewalRisk } from "../health/renewal-risk.ts";
import type { Observed } from "../kpi/intake.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import { isOpenTicket, lastSponsorContact, overdueDays, renewalOf } from "./account-facts.ts";
import { fieldsOf, listed, wereRead } from "./basis.ts";
import { contextOf } from "./firm-context.ts";

/** Days of sponsor silence from which engagement is low, and at which it is as low as it gets. */
export const silenceLimits = { low: 30, lowest: 60 } as const;
/** Open escalations at which support cannot be worse, and days overdue at which finance cannot. */
const worstEscalations = 3;
const worstOverdueDays = 60;

/** The renewal risk of one client, from the health of its active projects. */
export function assessAccount(
  view: FirmView,
  clientId: string,
  healthByProject: ReadonlyMap<string, ProjectHealth>,
): RenewalRisk {
  const { asOf, today } = contextOf(view);
  const projects = listed(view, "project", ["clientId", clientId]);
  const active = projects.records.filter(({ fields }) => fields.status === "active");
  const healths = active.flatMap(({ id }) => healthByProject.get(id) ?? []);
  const escalated = view
    .by("ticket", "clientId", clientId)
    .filter((ticket) => isOpenTicket(ticket) && ticket.fields.escalated);
  const silence = lastSponsorContact(view, clientId, today);
  const overdue = overdueDays(view, clientId, today);
  const renewal = renewalOf(view, clientId, today);
  return renewalRisk({
    account: { system: "crm", type: "client", id: clientId },
    asOf,
    today,
    renewsOn: renewal?.on ?? null,
    signals: {
      "delivery-red": deliverySignal({ projects: [projects.count], active, healths }),
      "open-escalation": {
        present: wereRead(view, ["itsm"]) ? escalated.length > 0 : null,
        evidence: [
          listed(view, "ticket", ["clientId", clientId]).count,
          ...escalated.flatMap((each) => fieldsOf(each, "state", "escalated", "severity")),
        ],
      },
      "low-engagement": {
        present:
          wereRead(view, ["crm"]) && silence.days !== null
            ? silence.days > silenceLimits.low
            : null,
        evidence: silence.evidence,
      },
    },
    parts: {
      delivery: deliveryPart(active, healths),
      support: wereRead(view, ["itsm"])
        ? Math.min(100, Math.round((100 * escalated.length) / worstEscalations))
        : null,
      engagement:
        wereRead(view, ["crm"]) && silence.days !== null
          ? Math.min(100, Math.round((100 * silence.days) / silenceLimits.lowest))
          : null,
      finance: wereRead(view, ["erp"])
        ? Math.min(100, Math.round((100 * overdue) / worstOverdueDays))
        : null,
    },
  });
}

type Delivery = {
  readonly projects: readonly Observed[];
  readonly active: readonly TwinRecord<"project">[];
  readonly healths: readonly ProjectHealth[];
};

/** One red project is enough; as long as one is unknown, the others being fine proves nothing. */
function deliverySignal({ projects, active, healths }: Delivery): RenewalSignal {
  const red = healths.filter(({ rag }) => rag === "red");
  const unknown = healths.length < active.length || healths.some(({ rag }) => rag === "unknown");
  return {
    present: red.length > 0 ? true : unknown ? null : false,
    evidence: [
      ...projects,
      ...red.flatMap(({ rules }) =>
        rules.flatMap(({ band, evidence }) => (band === "red" ? evidence.slice(0, 3) : [])),
      ),
    ],
  };
}

const riskOf = { green: 0, amber: 50, red: 100 } as const;

/** The mean of the colours that are known; null: none is. */
function deliveryPart(
  active: readonly TwinRecord<"project">[],
  healths: readonly ProjectHealth[],
): number | null {
  const known = healths.flatMap(({ rag }) => (rag === "unknown" ? [] : [riskOf[rag]]));
  if (active.length === 0) return 0;
  return known.length === 0
    ? null
    : Math.round(known.reduce<number>((sum, each) => sum + each, 0) / known.length);
}

export const lifecycleStages = [
  "prospect",
  "onboarding",
  "delivering",
  "renewing",
  "dormant",
  "lost",
] as const;
export type LifecycleStage = (typeof lifecycleStages)[number];

/** Where the client stands with the firm, from its deals, projects and contracts. */
export function lifecycleStage(view: FirmView, clientId: string): LifecycleStage {
  const { today } = contextOf(view);
  const projects = view.by("project", "clientId", clientId);
  const deals = view.by("opportunity", "clientId", clientId);
  const running = projects.filter(
    ({ fields }) => fields.status === "active" || fields.status === "on_hold",
  );
  if (running.length > 0) {
    const renewal = renewalOf(view, clientId, today);
    return renewal !== null && renewal.on <= plusDays(today, 120) ? "renewing" : "delivering";
  }
  if (projects.some(({ fields }) => fields.status === "proposed")) return "onboarding";
  const open = deals.some(({ fields }) => fields.stage !== "won" && fields.stage !== "lost");
  if (projects.length === 0)
    return open
      ? "prospect"
      : deals.some(({ fields }) => fields.stage === "won")
        ? "onboarding"
        : "lost";
  if (open) return "renewing";
  return deals.some(({ fields }) => fields.renewalOfContractId !== null && fields.stage === "lost")
    ? "lost"
    : "dormant";
}
