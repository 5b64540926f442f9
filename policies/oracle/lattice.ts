import type { SinkClass } from "#/domain/action.ts";
import type { ApprovalKind } from "#/domain/decision.ts";
import type { PersonId } from "#/domain/ids.ts";
import { type Capability, Role } from "#/domain/member.ts";
import type { ApproveFacts, ExecuteFacts, ProposalFacts, Voter } from "../facts.ts";
import {
  agent,
  type CaseAction,
  caseActions,
  contoso,
  execute,
  human,
  lead,
  northwind,
  otherHash,
  ownHash,
  person,
  vote,
} from "../rules/case.ts";

/* Every combination of the values at which an answer can change. */

type Axes = Readonly<Record<string, readonly unknown[]>>;
type AxesOf<P> = { readonly [K in keyof P]: readonly P[K][] };
type PointOf<A extends Axes> = { readonly [K in keyof A]: A[K][number] };

export type Lattice<A extends Axes> = { readonly axes: A; readonly size: number };

const lattice = <A extends Axes>(axes: A): Lattice<A> => ({
  axes,
  size: Object.values(axes).reduce((product, values) => product * values.length, 1),
});

/** The first `count` points in an order that spreads evenly over every axis; all of them at `size`. */
export function* points<A extends Axes>(
  { axes, size }: Lattice<A>,
  count: number = size,
): Generator<PointOf<A>> {
  const stride = coprimeNear(Math.round(size * 0.618_033_988_75), size);
  for (let taken = 0; taken < Math.min(count, size); taken += 1) {
    let index = (taken * stride) % size;
    const point: Record<string, unknown> = {};
    for (const [axis, values] of Object.entries(axes)) {
      point[axis] = values[index % values.length];
      index = Math.floor(index / values.length);
    }
    yield point as PointOf<A>;
  }
}

function coprimeNear(wanted: number, size: number): number {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  let stride = Math.max(1, wanted);
  while (divisor(stride, size) !== 1) stride += 1;
  return stride;
}

// Text as the host sends it, and the same in ten-thousandths for the oracle.
const amounts: readonly (readonly [string, number])[] = [
  ["-0.01", -100],
  ["0.00", 0],
  ["24999.99", 249_999_900],
  ["25000.00", 250_000_000],
  ["25000.0001", 250_000_001],
  ["900000", 9_000_000_000],
];

const votes = [
  ...[0, 1, 2].flatMap((finance) =>
    [0, 1].flatMap((contract) =>
      [0, 1].map((delivery) => ({ finance, contract, delivery, administration: 0 })),
    ),
  ),
  ...[1, 2].map((administration) => ({ finance: 0, contract: 0, delivery: 0, administration })),
  { finance: 2, contract: 1, delivery: 1, administration: 1 },
  { finance: 2, contract: 1, delivery: 1, administration: 2 },
];

const sinkSets: readonly (readonly SinkClass[])[] = [
  [],
  ["text"],
  ["choice"],
  ["destination"],
  ["amount"],
  ["recipient"],
  ["contractTerm"],
  ["text", "amount"],
];

type Expiry = "in-time" | "expired" | "before-opening" | "after-opening";

export type ExecutePoint = {
  readonly action: CaseAction;
  readonly amount: (typeof amounts)[number];
  readonly votes: (typeof votes)[number];
  readonly approvedHash: "none" | "own" | "other";
  readonly expiry: Expiry;
  readonly project: "none" | "own" | "foreign";
  readonly sinks: readonly SinkClass[];
  readonly internal: boolean;
  readonly sent: number;
  readonly local: ExecuteFacts["local"];
};

export const executeLattice = lattice<AxesOf<ExecutePoint>>({
  action: caseActions,
  amount: amounts,
  votes,
  approvedHash: ["none", "own", "other"],
  expiry: ["in-time", "expired"],
  project: ["none", "own", "foreign"],
  sinks: sinkSets,
  internal: [true, false],
  sent: [4, 5],
  local: [{ minuteOfDay: 720, businessDay: true }],
});

/** For rules with a window: asked in the evening, with the expiry around the next opening. */
export const windowLattice = lattice<AxesOf<ExecutePoint>>({
  ...executeLattice.axes,
  amount: amounts.slice(2, 5),
  approvedHash: ["none", "own"],
  expiry: ["before-opening", "after-opening"],
  project: ["own"],
  sinks: sinkSets.slice(0, 2),
  local: [479, 480, 1079, 1080].flatMap((minuteOfDay) =>
    [true, false].map((businessDay) => ({ minuteOfDay, businessDay })),
  ),
});

type Who = readonly Role[] | "agent";

const subsets = (roles: readonly Role[]): readonly (readonly Role[])[] =>
  Array.from({ length: 2 ** roles.length }, (_, mask) =>
    roles.filter((_role, bit) => (mask >> bit) % 2 === 1),
  );
const votingRoles = subsets(["DeliveryLead", "FinanceManager", "ContractOwner"]);

export const approveLattice = lattice({
  voter: [
    "agent",
    ...votingRoles,
    ...votingRoles.map((roles): Who => [...roles, "Consultant", "Administrator", "Auditor"]),
  ] as readonly Who[],
  active: [true, false],
  sameTenant: [true, false],
  requester: ["nobody", "voter", "voters-other-account", "another"] as const,
  // Where else the voter, or somebody else, stands in the change.
  concerns: [
    "nobody",
    "voter-edited",
    "voter-benefits",
    "voter-is-moved-by-another-account",
    "another-edited-benefits-and-is-moved",
  ] as const,
  project: ["none", "without-lead", "led-by-voter", "led-by-another", "foreign"] as const,
  as: ["finance", "contract", "delivery", "administration"] as readonly ApprovalKind[],
  amount: amounts.filter(([text]) => ["0.00", "25000.00", "25000.0001"].includes(text)),
  inTime: [true, false],
  shownIsPayload: [true, false],
  trusted: [true, false],
});
export type ApprovePoint = PointOf<(typeof approveLattice)["axes"]>;

const firstRoles = Role.options.slice(0, 6);
const laterRoles = Role.options.slice(6);

export const rightLattice = lattice({
  who: [
    "agent",
    ...subsets(firstRoles),
    ...laterRoles.map((role): Who => [role]),
    ...laterRoles.map((role): Who => [role, "Administrator", "Auditor"]),
  ] as readonly Who[],
  active: [true, false],
  sameTenant: [true, false],
  capability: ["read", "propose"] as readonly Capability[],
});
export type RightPoint = PointOf<(typeof rightLattice)["axes"]>;

const asked = "2026-11-23T19:00:00.000Z";
/** When the calendar of the window lattice next opens: 08:00 in Berlin. */
const opening = "2026-11-24T07:00:00.000Z";
const expiries: Readonly<Record<Expiry, string>> = {
  "in-time": "2026-11-23T19:00:00.001Z",
  expired: asked,
  "before-opening": opening,
  "after-opening": "2026-11-24T07:00:00.001Z",
};

export function executeFacts(point: ExecutePoint): ExecuteFacts {
  const projects: Record<ExecutePoint["project"], ProposalFacts["project"]> = {
    none: null,
    own: { id: "apollo", tenant: northwind, lead },
    foreign: { id: "zeus", tenant: contoso, lead: null },
  };
  return execute({
    action: point.action,
    amount: point.amount[0],
    project: projects[point.project],
    sinks: point.sinks,
    internal: point.internal,
    votes: point.votes,
    approvedHash: { none: "", own: ownHash, other: otherHash }[point.approvedHash],
    now: asked,
    expiresAt: expiries[point.expiry],
    local: point.local,
    sent: point.sent,
  });
}

const another = person("anna-other");
const otherAccount = person("vera-2");

export function approveFacts(point: ApprovePoint): ApproveFacts {
  const voter = voterOf(point.voter, point);
  const self = voter.kind === "human" ? voter.id : another;
  const elsewhere = voter.kind === "human" ? otherAccount : another;
  const among = (where: ApprovePoint["concerns"], who: PersonId): PersonId[] => {
    if (point.concerns === where) return [who];
    return point.concerns === "another-edited-benefits-and-is-moved" ? [another] : [];
  };
  const project = (tenant: ProposalFacts["tenant"], leader: ProposalFacts["requester"]) => ({
    id: "apollo",
    tenant,
    lead: leader,
  });
  const projects: Record<ApprovePoint["project"], ProposalFacts["project"]> = {
    none: null,
    "without-lead": project(northwind, null),
    "led-by-voter": project(northwind, self),
    "led-by-another": project(northwind, another),
    foreign: project(contoso, another),
  };
  return vote({
    voter,
    as: point.as,
    amount: point.amount[0],
    project: projects[point.project],
    requester: { nobody: null, voter: self, "voters-other-account": elsewhere, another }[
      point.requester
    ],
    editors: among("voter-edited", self),
    beneficiaries: among("voter-benefits", self),
    movedPeople: among("voter-is-moved-by-another-account", elsewhere),
    now: asked,
    expiresAt: point.inTime ? expiries["in-time"] : asked,
    shownHash: point.shownIsPayload ? ownHash : otherHash,
    trusted: point.trusted,
  });
}

export const rightQuestion = (point: RightPoint) => ({
  who: voterOf(point.who, point),
  tenant: northwind,
  capability: point.capability,
});

function voterOf(
  who: Who,
  { active, sameTenant }: { active: boolean; sameTenant: boolean },
): Voter {
  const tenant = sameTenant ? northwind : contoso;
  return who === "agent"
    ? agent(tenant)
    : human("vera", who, {
        tenant,
        active,
        accounts: [person("vera"), otherAccount],
      });
}
