import type { Logger, LogLevel } from "@slack/bolt";

/** Where this room writes what happened. pino fits as it is. */
export type Log = {
  info(details: object, text: string): void;
  warn(details: object, text: string): void;
  error(details: object, text: string): void;
};

/** What of an unknown error may go to the log: no request, no body, so no token and no code. */
export function errorDetails(error: unknown): Record<string, string> {
  if (!(error instanceof Error)) return { error: "not an error" };
  const { name, message } = error;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return { error: name, message: message.slice(0, 500), code };
}

/** Bolt's own words, from warnings up. Its debug lines hold whole payloads, one-time codes included. */
export function boltLogger(log: Log): Logger {
  const words = (parts: unknown[]): string =>
    parts
      .map((part) => (part instanceof Error ? part.message : typeof part === "string" ? part : ""))
      .filter((part) => part !== "")
      .join(" ")
      .slice(0, 1000);
  return {
    debug: () => {},
    info: () => {},
    warn: (...parts) => log.warn({ from: "bolt" }, words(parts)),
    error: (...parts) => log.error({ from: "bolt" }, words(parts)),
    setLevel: () => {},
    getLevel: () => "warn" as LogLevel,
    setName: () => {},
  };
}
