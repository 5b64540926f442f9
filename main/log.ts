import { pino } from "pino";

export type Log = ReturnType<typeof createLog>;

const hidden = [
  "password",
  "token",
  "secret",
  "authorization",
  "apiKey",
  "signingSecret",
  "*.password",
  "*.token",
  "*.secret",
  "*.authorization",
  "*.apiKey",
  "*.signingSecret",
  "headers.authorization",
  "err.cause.headers.authorization",
];

/** Structured lines on standard error: standard output belongs to protocols and to people. */
export const createLog = (level: string) =>
  pino(
    { level, base: null, redact: { paths: hidden, censor: "[hidden]" } },
    pino.destination({ dest: 2, sync: true }),
  );

/** The workflow engine's logger, in ours. */
export const engineLog = (log: Log) => ({
  info: (entry: unknown) => log.debug({ engine: textOf(entry) }),
  debug: (entry: unknown) => log.trace({ engine: textOf(entry) }),
  warn: (entry: unknown) => log.warn({ engine: textOf(entry) }),
  error: (entry: unknown) => log.error({ engine: textOf(entry) }),
});

const textOf = (entry: unknown): string =>
  entry instanceof Error ? (entry.stack ?? entry.message) : String(entry);
