import type { RecordRef } from "#/domain/record.ts";
import { civilDays } from "../clocks/civil-days.ts";
import { type RenewalFacts, renewalRisk } from "../health/renewal-risk.ts";
import type { TwinRecord } from "../twin/firm-view.ts";
import { type Detector, isLive } from "./detector.ts";
import { type DraftCause, facts, money } from "./draft-finding.ts";
import type { Scene } from "./scene.ts";

/** A contract comes up for renewal, and delivery is red, escalations are open and the sponsor is silent. */
export const renewalRiskDetector: Detector = {
  kind: "renewal-risk",
  needs: ["crm", "psa", "itsm"],
  onFirm: (scene) =>
    scene.view.all("client").flatMap((client) => {
      const contract = dueForRenewal(scene, client);
      if (!contract) return [];
      const causes = [
        ...redDelivery(scene, client),
        ...openEscalations(scene, client),
        ...silentSponsor(scene, client),
      ];
      const present = (code: string): boolean => causes.some((cause) => cause.code === code);
      const { level } = renewalRisk(factsOf(scene, client, { contract, present }));
      if (level !== "high") return [];
      const { renewalOn, valueCents } = contract.fields;
      return [
        {
          kind: "renewal-risk",
          about: `${client.id}:${contract.id}`,
          subject: client,
          projectId: null,
          clientId: client.id,
          title: `${client.fields.name} may not renew on ${renewalOn}`,
          severity: 4,
          since:
            causes
              .flatMap((cause) => cause.facts.map(({ record }) => record.changedAt))
              .toSorted()[0] ?? scene.view.asOf,
          deadline: renewalOn,
          valueAtRisk: money(valueCents, scene.view.currency),
          causes,
          facts: facts(contract, "renewalOn", "valueCents"),
          remedies: ["R26", "R25"],
        },
      ];
    }),
};

const reds = "delivery-red";
const escalations = "open-escalation";
const silence = "low-engagement";

function dueForRenewal(
  { view, today, settings }: Scene,
  client: TwinRecord<"client">,
): TwinRecord<"contract"> | null {
  const due = view
    .by("contract", "clientId", client.id)
    .filter(({ id, fields }) => {
      if (fields.renewalOn === null) return false;
      const left = civilDays(today, fields.renewalOn);
      if (left > settings.renewalNoticeDays || fields.endsOn < today) return false;
      return !view
        .by("opportunity", "renewalOfContractId", id)
        .some((deal) => deal.fields.stage === "won" || deal.fields.stage === "lost");
    })
    .toSorted((a, b) => ((a.fields.renewalOn ?? "") < (b.fields.renewalOn ?? "") ? -1 : 1));
  return due[0] ?? null;
}

function redDelivery({ view }: Scene, client: TwinRecord<"client">): DraftCause[] {
  return view
    .by("project", "clientId", client.id)
    .filter((project) => isLive(project) && project.fields.reportedHealth === "red")
    .map((project) => ({
      code: reds,
      title: "Delivery is red",
      detail: `${project.fields.name} is reported red.`,
      days: null,
      open: true,
      facts: facts(project, "reportedHealth"),
    }));
}

function openEscalations({ view }: Scene, client: TwinRecord<"client">): DraftCause[] {
  return view
    .by("ticket", "clientId", client.id)
    .filter(({ fields }) => fields.escalated && fields.state === "open")
    .map((ticket) => ({
      code: escalations,
      title: "An escalation is open",
      detail: `Severity ${ticket.fields.severity}, open since ${ticket.fields.openedOn}.`,
      days: null,
      open: true,
      facts: facts(ticket, "escalated", "state", "openedOn"),
    }));
}

function silentSponsor(
  { view, today, settings }: Scene,
  client: TwinRecord<"client">,
): DraftCause[] {
  const [last] = view
    .by("contact", "clientId", client.id)
    .filter(({ fields }) => fields.role === "sponsor")
    .toSorted((a, b) => (a.fields.on < b.fields.on ? 1 : -1));
  if (!last) return [];
  const silent = civilDays(last.fields.on, today);
  if (silent <= settings.sponsorSilenceDays) return [];
  return [
    {
      code: silence,
      title: "The sponsor is silent",
      detail: `The last contact with ${client.fields.sponsorName} was on ${last.fields.on}.`,
      days: null,
      open: true,
      facts: [...facts(last, "on", "role"), ...facts(client, "sponsorName")],
    },
  ];
}

/** The gate's own arithmetic decides; this only says which signals are there. */
function factsOf(
  { view, today }: Scene,
  client: TwinRecord<"client">,
  { contract, present }: { contract: TwinRecord<"contract">; present: (code: string) => boolean },
): RenewalFacts {
  const account: RecordRef = { system: "crm", type: "client", id: client.id };
  const signal = (code: string) => ({ present: present(code), evidence: [] });
  return {
    account,
    asOf: view.asOf,
    today,
    renewsOn: contract.fields.renewalOn,
    signals: {
      "delivery-red": signal(reds),
      "open-escalation": signal(escalations),
      "low-engagement": signal(silence),
    },
    parts: { delivery: null, support: null, engagement: null, finance: null },
  };
}
