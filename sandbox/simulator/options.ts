import {
  at,
  type Calendar,
  createCalendar,
  type Day,
  dayOfDate,
  type Moment,
  mondayOf,
} from "./calendar.ts";
import { type Draws, drawsFor } from "./draws.ts";
import { type PackName, type ParameterPack, packs } from "./parameter-pack.ts";

export type SimulationOptions = {
  readonly seed: string;
  readonly size: "S" | "M" | "L";
  /** The firm's today, a civil date. Nothing recorded later is ever shown. */
  readonly anchor: string;
  /** The evening up to which the same firm is shown, when that is not the anchor's. */
  readonly shownUntil?: string;
  /** Months of history; the size decides when absent. */
  readonly months?: number;
  /** Country, currency, industry and habits. */
  readonly pack?: PackName;
  /** Projects beyond the size's number, each on people who have work already. */
  readonly extraProjects?: number;
  /** Leaves out these projects; every other one stays as it is, byte for byte. */
  readonly withoutProjects?: readonly string[];
  /** Re-runs the firm as if these changes of circumstances had never come. Ids are those of the truth. */
  readonly withoutInterventions?: readonly string[];
};

export type SizeParameters = {
  readonly clients: number;
  readonly lanes: number;
  readonly projectsPerLane: number;
  readonly consultants: number;
  readonly projectManagers: number;
  readonly months: number;
  /** Finance leads, billing clerks, directors, sales: in this order. */
  readonly office: readonly [number, number, number, number];
};

const sizes: Readonly<Record<SimulationOptions["size"], SizeParameters>> = {
  S: {
    clients: 8,
    lanes: 10,
    projectsPerLane: 2,
    consultants: 17,
    projectManagers: 3,
    months: 6,
    office: [1, 1, 2, 1],
  },
  M: {
    clients: 40,
    lanes: 24,
    projectsPerLane: 5,
    consultants: 70,
    projectManagers: 10,
    months: 18,
    office: [3, 3, 2, 2],
  },
  L: {
    clients: 200,
    lanes: 100,
    projectsPerLane: 7,
    consultants: 322,
    projectManagers: 42,
    months: 24,
    office: [10, 10, 8, 8],
  },
};

/** What every part of the simulation is given. */
export type Setting = {
  readonly options: SimulationOptions;
  readonly size: SizeParameters;
  readonly pack: ParameterPack;
  readonly calendar: Calendar;
  readonly draws: Draws;
  /** A Monday. */
  readonly firstDay: Day;
  readonly today: Day;
  /** The evening of the anchor: what is recorded later is not shown. */
  readonly now: Moment;
  /** Last days of the billing periods, Sundays. */
  readonly periodEnds: readonly Day[];
};

/** Room before the history for projects under way, and after the anchor for what is still to come. */
const leadDays = 430;
const tailDays = 1300;

/** Throws RangeError when the anchor is no civil date or the months are not from 1 to 60. */
export function createSetting(options: SimulationOptions): Setting {
  const size = sizes[options.size];
  const months = options.months ?? size.months;
  if (!Number.isInteger(months) || months < 1 || months > 60)
    throw new RangeError("months must be a whole number from 1 to 60.");
  const pack = packs[options.pack ?? "atlas"];
  const today = dayOfDate(options.anchor);
  const firstDay = mondayOf(
    dayOfDate(Temporal.PlainDate.from(options.anchor).subtract({ months }).toString()),
  );
  const calendar = createCalendar(pack, firstDay - leadDays, today + tailDays);
  const periodEnds = sundaysThatEndMonths(firstDay - leadDays + 40, today + tailDays - 60);
  const draws = drawsFor(`${options.seed}/${pack.name}`);
  return {
    options,
    size,
    pack,
    calendar,
    draws,
    firstDay,
    today,
    now: at(options.shownUntil ? dayOfDate(options.shownUntil) : today, 20 * 60),
    periodEnds,
  };
}

/** The firm bills whole weeks: a period ends on the last Sunday of a month. */
function sundaysThatEndMonths(from: Day, to: Day): Day[] {
  const ends: Day[] = [];
  for (let sunday = mondayOf(from) + 6; sunday <= to; sunday += 7)
    if (
      new Date(sunday * 86_400_000).getUTCMonth() !==
      new Date((sunday + 7) * 86_400_000).getUTCMonth()
    )
      ends.push(sunday);
  return ends;
}
