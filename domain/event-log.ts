/** One line of an event log: something happened in one case. null means the log does not say. */
export type LogEvent = {
  readonly case: string;
  readonly activity: string;
  /** UTC, milliseconds, `2026-11-23T10:00:00.000Z`: text order is time order. */
  readonly at: string;
  readonly resource: string | null;
  readonly role: string | null;
  /** The organisational unit, `org:group` in XES. */
  readonly group: string | null;
  /** Everything else the log says, as text under the log's own names. Never interpreted. */
  readonly attributes: Readonly<Record<string, string>>;
};

/** A part of a log that could not be read. `line` counts from 1, the header included. */
export type LogProblem = { readonly line: number; readonly problem: string };
