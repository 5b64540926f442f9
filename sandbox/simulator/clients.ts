import { clientKinds, clientStems, familyNames, givenNames } from "./names.ts";
import type { Setting } from "./options.ts";

/** One client with what nobody writes down: how it accepts, pays and feels. */
export type SimulatedClient = {
  readonly id: string;
  readonly name: string;
  readonly code: string;
  readonly industry: string;
  readonly paymentTermDays: number;
  readonly purchaseOrderRequired: boolean;
  readonly deemedAcceptedAfterDays: number | null;
  readonly sponsorName: string;
  readonly contactName: string;
  /** Multiplies the time until a delivery is accepted or an offer answered. */
  readonly acceptanceFactor: number;
  readonly paysLate: number;
  /** 0 … 1. */
  readonly satisfaction: number;
  readonly ticketsPerMonth: number;
  /** Days between two contacts with the sponsor. */
  readonly sponsorEveryDays: number;
  readonly monthlyRun: boolean;
};

export function createClients(setting: Setting): SimulatedClient[] {
  return Array.from({ length: setting.size.clients }, (_, index) => createClient(setting, index));
}

function createClient({ draws: root, pack }: Setting, index: number): SimulatedClient {
  const id = `C${1001 + index}`;
  const draws = root.of("client", id);
  const stem = clientStems[index % clientStems.length] ?? clientStems[0];
  const kind =
    clientKinds[(index * 7 + Math.floor(index / clientStems.length)) % clientKinds.length] ??
    clientKinds[0];
  const series = Math.floor(index / (clientStems.length * clientKinds.length));
  return {
    id,
    name: `${stem} ${kind}${series > 0 ? ` ${series + 1}` : ""}`,
    code: `${stem.slice(0, 3)}${kind.slice(0, 1)}`.toUpperCase() + String(index + 1),
    industry: kind,
    paymentTermDays: draws.pick("terms", pack.paymentTermDays),
    purchaseOrderRequired: draws.chance("purchase order", 0.35),
    deemedAcceptedAfterDays: draws.chance("deemed", 0.2)
      ? draws.pick("deemed days", [10, 15])
      : null,
    sponsorName: personName(draws.uniform("sponsor"), draws.uniform("sponsor family")),
    contactName: personName(draws.uniform("contact"), draws.uniform("contact family")),
    acceptanceFactor: draws.chance("slow", 0.1) ? 3 : draws.lognormal("acceptance", 1, 0.15),
    paysLate: 0.47 + 0.12 * draws.normal("pays late"),
    satisfaction: Math.min(0.95, Math.max(0.3, 0.72 + 0.12 * draws.normal("satisfaction"))),
    ticketsPerMonth: draws.lognormal("tickets", 1.8, 0.6),
    sponsorEveryDays: draws.lognormal("sponsor contact", 11, 0.35),
    monthlyRun: draws.chance("monthly run", 0.06),
  };
}

export function personName(first: number, second: number): string {
  const given = givenNames[Math.floor(first * givenNames.length)] ?? givenNames[0];
  return `${given} ${familyNames[Math.floor(second * familyNames.length)] ?? familyNames[0]}`;
}
