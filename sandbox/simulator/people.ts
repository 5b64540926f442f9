import type { Calendar, Day } from "./calendar.ts";
import { civil, weekday } from "./calendar.ts";
import type { Draws } from "./draws.ts";
import { familyNames, givenNames } from "./names.ts";
import type { Setting } from "./options.ts";

export type Grade = "analyst" | "consultant" | "senior" | "principal" | "lead";
export type PersonRole =
  | "consultant"
  | "project_manager"
  | "finance_lead"
  | "billing"
  | "director"
  | "sales";
/** Away from `from` up to, not including, `until`. */
export type Absence = {
  readonly from: Day;
  readonly until: Day;
  readonly kind: "holiday" | "sick";
  readonly coverId: string | null;
};

/** One employee with the habits that make or break a process. */
export type SimulatedPerson = {
  readonly id: string;
  readonly index: number;
  readonly name: string;
  readonly email: string;
  readonly role: PersonRole;
  readonly grade: Grade;
  readonly weeklyMinutes: number;
  readonly hourlyCostCents: number;
  readonly hourlyRateCents: number;
  readonly utilisationTarget: number;
  readonly managerId: string | null;
  readonly absences: readonly Absence[];
  /** Chance that a week's time is submitted by Monday. */
  readonly promptness: number;
  /** The lag of the weeks that are not: median in days, log spread. */
  readonly lateLag: readonly [number, number];
  /** Multiplies the time this person takes to decide. */
  readonly pace: number;
  /** How much rosier a lead reports than it is; 0 is exact. */
  readonly optimism: number;
  /** One of twelve ways of writing. */
  readonly voice: number;
  readonly active: boolean;
};

const targets: Readonly<Record<Grade, number>> = {
  analyst: 0.85,
  consultant: 0.82,
  senior: 0.77,
  principal: 0.68,
  lead: 0.6,
};
/** Share of an hour's price that is cost, where nothing is discounted. */
export const cardCostShare = 0.62;

export function createPeople(setting: Setting): SimulatedPerson[] {
  const { consultants, projectManagers, office } = setting.size;
  const roles: PersonRole[] = [
    ...Array<PersonRole>(consultants).fill("consultant"),
    ...Array<PersonRole>(projectManagers).fill("project_manager"),
    ...(["finance_lead", "billing", "director", "sales"] as const).flatMap((role, at) =>
      Array<PersonRole>(office[at] ?? 0).fill(role),
    ),
    // One who left: approvals that are sent here wait until somebody notices.
    "director",
  ];
  return roles.map((role, index) => createPerson(setting, { role, index, last: roles.length - 1 }));
}

type Place = { readonly role: PersonRole; readonly index: number; readonly last: number };

export const personId = (index: number): string => `E${1001 + index}`;

function createPerson(setting: Setting, { role, index, last }: Place): SimulatedPerson {
  const { consultants, projectManagers, office } = setting.size;
  const id = personId(index);
  const draws = setting.draws.of("person", id);
  const grade: Grade =
    role === "consultant"
      ? draws.weighted<Grade>("grade", [
          ["analyst", 25],
          ["consultant", 35],
          ["senior", 28],
          ["principal", 12],
        ])
      : "lead";
  const given = givenNames[index % givenNames.length] ?? givenNames[0];
  const family =
    familyNames[(index * 11 + Math.floor(index / givenNames.length)) % familyNames.length] ??
    familyNames[0];
  const cost = setting.pack.hourlyCostCents[grade] * (1 + 0.07 * draws.normal("cost"));
  const habit = draws.weighted<"prompt" | "loose" | "chronic">("habit", [
    ["prompt", 84],
    ["loose", 12],
    ["chronic", 4],
  ]);
  const firstFinance = consultants + projectManagers;
  const managerId =
    role === "consultant"
      ? personId(consultants + (index % projectManagers))
      : role === "project_manager"
        ? personId(firstFinance + office[0] + office[1])
        : null;
  return {
    id,
    index,
    name: `${given} ${family}`,
    email: `${given}.${family}${index}@firm.example`.toLowerCase(),
    role,
    grade,
    weeklyMinutes:
      role === "consultant" && draws.chance("part-time", 0.12)
        ? draws.pick("days", [1440, 1920])
        : 2400,
    hourlyCostCents: Math.round(cost),
    hourlyRateCents: Math.round(setting.pack.hourlyCostCents[grade] / cardCostShare / 100) * 100,
    utilisationTarget: targets[grade],
    managerId,
    absences: absencesOf(setting, draws, coverOf(setting, role, index)),
    promptness: { prompt: 0.88, loose: 0.6, chronic: 0.2 }[habit],
    lateLag: habit === "chronic" ? [10, 1] : [4, 0.8],
    pace: draws.lognormal("pace", 1, 0.12),
    optimism: Math.abs(0.04 * draws.normal("optimism")),
    voice: draws.between("voice", 0, 11),
    active: index < last,
  };
}

function coverOf({ size }: Setting, role: PersonRole, index: number): string | null {
  const first =
    role === "project_manager" ? size.consultants : size.consultants + size.projectManagers;
  const count =
    role === "project_manager"
      ? size.projectManagers
      : role === "finance_lead"
        ? size.office[0]
        : 1;
  return role === "consultant" || count < 2
    ? null
    : personId(first + ((index - first + 1) % count));
}

/** About 26 days of holiday and 6 of sickness a year; summer and the year's end take the long blocks. */
function absencesOf(
  { calendar, firstDay, today }: Setting,
  draws: Draws,
  coverId: string | null,
): Absence[] {
  const absences: Absence[] = [];
  const first = civil(firstDay - 200).year;
  const last = civil(today + 300).year;
  const add = (
    from: Day,
    length: number,
    how: Pick<Absence, "kind"> & { covered: boolean },
  ): void => {
    const until = from + length;
    if (from <= calendar.firstDay + 7 || until >= calendar.lastDay - 7) return;
    if (absences.some((other) => from < other.until && other.from < until)) return;
    absences.push({ from, until, kind: how.kind, coverId: how.covered ? coverId : null });
  };
  const holiday = (covered: boolean) => ({ kind: "holiday", covered }) as const;
  for (let year = first; year <= last; year += 1) {
    const newYear = Date.UTC(year, 0, 1) / 86_400_000;
    const monday = (day: Day): Day => day - weekday(day) + 1;
    const covered = (name: string): boolean => draws.chance(`${name}/${year}`, 0.95);
    add(
      monday(newYear + draws.between(`summer/${year}`, 175, 235)),
      14,
      holiday(covered("summer cover")),
    );
    add(monday(newYear + 357), 12, holiday(covered("winter cover")));
    for (let block = 0; block < 3; block += 1) {
      const start = monday(newYear + draws.between(`block/${year}/${block}`, 15, 345));
      add(
        start,
        draws.between(`length/${year}/${block}`, 2, 5),
        holiday(covered(`cover ${block}`)),
      );
    }
    for (let block = 0; block < 3; block += 1)
      add(
        newYear + draws.between(`sick/${year}/${block}`, 5, 350),
        draws.between(`ill/${year}/${block}`, 1, 3),
        { kind: "sick", covered: false },
      );
  }
  return absences.toSorted((one, other) => one.from - other.from);
}

/** Minutes this person can work in the week that begins on `monday`. */
export function availableMinutes(person: SimulatedPerson, monday: Day, calendar: Calendar): number {
  let open = 0;
  for (let day = monday; day < monday + 5; day += 1)
    if (
      calendar.isBusinessDay(day) &&
      !person.absences.some((away) => day >= away.from && day < away.until)
    )
      open += 1;
  return Math.round((person.weeklyMinutes * open) / 5);
}
