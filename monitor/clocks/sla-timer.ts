import { compareInstants } from "../civil-time.ts";
import type { WorkClock } from "./work-clock.ts";

/** `start` after `stop` reopens the timer: it goes on from where it was. */
export type SlaEvent = {
  readonly at: string;
  readonly kind: "start" | "pause" | "resume" | "stop";
};

export type SlaTimer = {
  readonly state: "not-started" | "running" | "paused" | "stopped";
  /** Working minutes on the clock, pauses taken out. */
  readonly elapsedMinutes: number;
  /** Working minutes spent in pauses. */
  readonly pausedMinutes: number;
  /** Negative once the limit is exceeded. */
  readonly remainingMinutes: number;
  /** When the limit is or was reached; null while paused, stopped in time, or not started. */
  readonly dueAt: string | null;
  /** More than the limit is on the clock. Exactly the limit is still in time. */
  readonly breached: boolean;
};

export type SlaQuestion = {
  readonly clock: WorkClock;
  readonly limitMinutes: number;
  readonly asOf: string;
};

/**
 * Reads a timer off its events at `asOf`. Events may come in any order and more than once; later
 * ones than `asOf` have not happened yet. A second pause or resume in a row changes nothing.
 */
export function slaTimer(events: readonly SlaEvent[], question: SlaQuestion): SlaTimer {
  const { clock, limitMinutes, asOf } = question;
  let state: SlaTimer["state"] = "not-started";
  let since = asOf;
  const spent = { running: 0, paused: 0 };
  let dueAt: string | null = null;

  const advance = (to: string): void => {
    if (state !== "running" && state !== "paused") return;
    const minutes = clock.minutes(since, to);
    if (state === "running" && dueAt === null && spent.running + minutes >= limitMinutes)
      dueAt = clock.after(since, limitMinutes - spent.running);
    spent[state] += minutes;
  };

  for (const event of inOrder(events, asOf)) {
    advance(event.at);
    state = moves[event.kind][state];
    since = event.at;
  }
  advance(asOf);
  const remainingMinutes = limitMinutes - spent.running;
  return {
    state,
    elapsedMinutes: spent.running,
    pausedMinutes: spent.paused,
    remainingMinutes,
    dueAt: dueAt ?? (state === "running" ? clock.after(asOf, remainingMinutes) : null),
    breached: remainingMinutes < 0,
  };
}

type State = SlaTimer["state"];

/** What an event makes of each state. A pause before the start, or after the stop, says nothing. */
const moves: Readonly<Record<SlaEvent["kind"], Readonly<Record<State, State>>>> = {
  start: { "not-started": "running", running: "running", paused: "paused", stopped: "running" },
  pause: { "not-started": "not-started", running: "paused", paused: "paused", stopped: "stopped" },
  resume: {
    "not-started": "not-started",
    running: "running",
    paused: "running",
    stopped: "stopped",
  },
  stop: { "not-started": "not-started", running: "stopped", paused: "stopped", stopped: "stopped" },
};

/** At the same instant: a start before its pause, a resume before the stop. */
const rank: readonly SlaEvent["kind"][] = ["start", "pause", "resume", "stop"];

const inOrder = (events: readonly SlaEvent[], asOf: string): SlaEvent[] =>
  events
    .filter((event) => compareInstants(event.at, asOf) <= 0)
    .toSorted((a, b) => compareInstants(a.at, b.at) || rank.indexOf(a.kind) - rank.indexOf(b.kind));
