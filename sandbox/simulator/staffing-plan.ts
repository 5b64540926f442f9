import { type Day, mondayOf } from "./calendar.ts";
import type { SimulatedClient } from "./clients.ts";
import type { Draws } from "./draws.ts";
import type { Setting } from "./options.ts";
import { type Grade, personId, type SimulatedPerson } from "./people.ts";

export type Billing = "time_and_materials" | "fixed" | "retainer";
/** A person's planned share of their working week on one project. */
export type Seat = { readonly personId: string; readonly grade: Grade; readonly share: number };

/** What was sold: everything about a project that is settled before its first day. */
export type ProjectPlan = {
  readonly id: string;
  readonly client: SimulatedClient;
  readonly billing: Billing;
  readonly name: string;
  /** A Monday. */
  readonly start: Day;
  /** A Friday. */
  readonly plannedEnd: Day;
  readonly weeks: number;
  readonly seats: readonly Seat[];
  readonly leadId: string;
  readonly marginAtSale: number;
  readonly budgetMinutes: number;
  readonly plannedCostCents: number;
  readonly valueCents: number;
  /** Multiplies the rate card. */
  readonly priceFactor: number;
};

/**
 * The firm works in lanes: a team takes one project after the other. A lane's calendar and team come
 * from the lane's own stream, and not from the projects in it: leaving one out moves no other.
 */
export function planProjects(
  setting: Setting,
  cast: { people: readonly SimulatedPerson[]; clients: readonly SimulatedClient[] },
): ProjectPlan[] {
  const { size, options } = setting;
  const teams = staffLanes(setting, cast.people);
  const regular = teams.flatMap((seats, lane) =>
    planLane(setting, { lane, seats, slots: size.projectsPerLane, ...cast }),
  );
  const extra = Array.from({ length: options.extraProjects ?? 0 }, (_, index) => {
    const lane = size.lanes + index;
    const draws = setting.draws.of("lane", String(lane));
    const first = draws.between("person", 0, size.consultants - 1);
    const seats = [0, 1].map((step) =>
      seatOf(cast.people[(first + step) % size.consultants], 0.15),
    );
    return planLane(setting, { lane, seats, slots: 1, ...cast });
  });
  const left = new Set(options.withoutProjects);
  return [...regular, ...extra.flat()].filter(({ id }) => !left.has(id));
}

const seatOf = (person: SimulatedPerson | undefined, share: number): Seat => {
  if (!person) throw new RangeError("The lane has nobody to work in it.");
  return { personId: person.id, grade: person.grade, share };
};

/** Everybody has a main lane and helps out in another; about a fifth of the lanes are small retainers. */
function staffLanes({ size, draws }: Setting, people: readonly SimulatedPerson[]): Seat[][] {
  const lanes = Array.from({ length: size.lanes }, (): Seat[] => []);
  const weights = lanes.map((_, lane) => {
    const own = draws.of("lane", String(lane));
    return retained(lane) ? 0.35 : own.lognormal("weight", 1, 0.45);
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const laneAt = (share: number): number => {
    let left = share * total;
    const found = weights.findIndex((weight) => (left -= weight) < 0);
    return found < 0 ? size.lanes - 1 : found;
  };
  people
    .filter(({ role }) => role === "consultant")
    .forEach((person, index) => {
      const main = laneAt((index + 0.5) / size.consultants);
      const second = laneAt((index * 0.618034 + 0.31) % 1);
      const load =
        person.utilisationTarget * (0.74 + 0.08 * draws.of("person", person.id).normal("load"));
      if (second === main) lanes[main]?.push(seatOf(person, load));
      else {
        lanes[main]?.push(seatOf(person, load * 0.7));
        lanes[second]?.push(seatOf(person, load * 0.3));
      }
    });
  return lanes.map((seats, lane) => {
    const lead = people[leadOf(lane, size)];
    const share = Math.min(
      0.3,
      ((lead?.utilisationTarget ?? 0.6) * size.projectManagers) / size.lanes,
    );
    return seats.length > 0 ? [seatOf(lead, share), ...seats] : [seatOf(lead, 0.3)];
  });
}

const retained = (lane: number): boolean => lane % 5 === 2;
const leadOf = (lane: number, size: Setting["size"]): number =>
  size.consultants + (lane % size.projectManagers);

type Lane = {
  readonly lane: number;
  readonly seats: readonly Seat[];
  readonly slots: number;
  readonly people: readonly SimulatedPerson[];
  readonly clients: readonly SimulatedClient[];
};

function planLane(setting: Setting, { lane, seats, slots, people, clients }: Lane): ProjectPlan[] {
  const draws = setting.draws.of("lane", String(lane));
  const horizon = (setting.today - setting.firstDay) / 7;
  const lengths = Array.from({ length: slots }, (_, slot) =>
    Math.min(52, Math.max(4, draws.lognormal(`weeks/${slot}`, 14, 0.55))),
  );
  const early = draws.uniform("early") * 7;
  const late = 1 + draws.uniform("late") * 9;
  // Lengths bend a little so that the lane reaches from before the history into the future.
  const stretch =
    slots === 1
      ? 1
      : (horizon + early + late) / lengths.reduce((sum, weeks) => sum + weeks + 0.6, 0);
  let cursor = slots === 1 ? draws.uniform("late start") * horizon * 0.7 : -early;
  return lengths.map((length, slot) => {
    const weeks = Math.max(3, Math.round(length * stretch));
    const start = mondayOf(setting.firstDay) + Math.round(cursor) * 7;
    cursor += weeks + (draws.chance(`gap/${slot}`, 0.5) ? 1 : 0) * stretch;
    return planProject(setting, {
      id: `P${1001 + lane * 20 + slot}`,
      lane,
      start,
      weeks,
      seats,
      people,
      clients,
    });
  });
}

type Slot = Omit<Lane, "slots"> & {
  readonly id: string;
  readonly start: Day;
  readonly weeks: number;
};

function planProject(setting: Setting, slot: Slot): ProjectPlan {
  const { id, lane, start, weeks, seats, people, clients } = slot;
  const draws = setting.draws.of("project", id);
  const laneDraws: Draws = retained(lane) ? setting.draws.of("lane", String(lane)) : draws;
  const client = clients[laneDraws.between("client", 0, clients.length - 1)];
  if (!client) throw new RangeError("The firm has no clients.");
  const billing: Billing = retained(lane)
    ? "retainer"
    : draws.chance("billing", 0.56)
      ? "time_and_materials"
      : "fixed";
  const marginAtSale = Math.min(0.55, Math.max(0.2, 0.39 + 0.06 * draws.normal("margin")));
  const person = new Map(people.map((one) => [one.id, one]));
  let minutes = 0;
  let cost = 0;
  for (const seat of seats) {
    const { weeklyMinutes = 0, hourlyCostCents = 0 } = person.get(seat.personId) ?? {};
    // A tenth of the time goes to holidays and sickness, and the plan knows it.
    const planned = weeklyMinutes * seat.share * weeks * 0.87;
    minutes += planned;
    cost += (planned / 60) * hourlyCostCents;
  }
  const value = cost / (1 - marginAtSale);
  const card = seats.reduce((sum, seat) => {
    const { weeklyMinutes = 0, hourlyRateCents = 0 } = person.get(seat.personId) ?? {};
    return sum + (weeklyMinutes * seat.share * weeks * 0.87 * hourlyRateCents) / 60;
  }, 0);
  return {
    id,
    client,
    billing,
    start,
    weeks,
    seats,
    marginAtSale,
    name: `${client.name.split(" ")[0]} ${draws.pick("workstream", setting.pack.workstreams)}`,
    plannedEnd: start + weeks * 7 - 3,
    leadId: personId(leadOf(lane, setting.size)),
    budgetMinutes: Math.round(minutes / 60) * 60,
    plannedCostCents: Math.round(cost),
    valueCents: Math.round(value / 100_00) * 100_00,
    priceFactor: value / card,
  };
}
