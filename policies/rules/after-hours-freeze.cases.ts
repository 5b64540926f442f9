import { type Case, execute } from "./case.ts";

/* Asked with a calendar that opens at 08:00 in Berlin, Monday to Friday. */

const evening = {
  now: "2026-11-23T19:00:00.000Z",
  local: { minuteOfDay: 1200, businessDay: true },
};
const opening = "2026-11-24T07:00:00.000Z";
const afterOpening = "2026-11-24T07:00:00.001Z";

export const afterHoursFreezeCases: readonly Case[] = [
  {
    says: "an approved release waits for the morning",
    ask: { execute: execute({ ...evening, votes: { finance: 1 }, expiresAt: afterOpening }) },
    expect: "require",
    need: {},
    waits: ["next-business-window"],
    by: ["T05-after-hours-freeze"],
  },
  {
    says: "an unapproved release needs both the vote and the morning",
    ask: { execute: execute({ ...evening, expiresAt: afterOpening }) },
    expect: "require",
    need: { finance: 1 },
    waits: ["next-business-window"],
    by: ["G14-money-needs-a-human", "T05-after-hours-freeze"],
  },
  {
    says: "a wait that ends after the expiry is a no",
    ask: { execute: execute({ ...evening, votes: { finance: 1 }, expiresAt: opening }) },
    expect: "deny",
    by: ["F07-cure-does-not-cure", "T05-after-hours-freeze", "G09-execution-expired"],
  },
  {
    says: "a holiday is no business day at any hour",
    ask: {
      execute: execute({ votes: { finance: 1 }, local: { minuteOfDay: 600, businessDay: false } }),
    },
    expect: "require",
    need: {},
    waits: ["next-business-window"],
    by: ["T05-after-hours-freeze"],
  },
  ...([480, 1079] as const).map(
    (minuteOfDay): Case => ({
      says: `minute ${minuteOfDay} of the day is inside the window`,
      ask: {
        execute: execute({ votes: { finance: 1 }, local: { minuteOfDay, businessDay: true } }),
      },
      expect: "allow",
      by: ["T01-agent-may-run-the-catalogue"],
      spares: ["T05-after-hours-freeze"],
    }),
  ),
  {
    says: "a nudge does not wait",
    ask: { execute: execute({ ...evening, action: "R01" }) },
    expect: "allow",
    by: ["T01-agent-may-run-the-catalogue"],
    spares: ["T05-after-hours-freeze"],
  },
];
