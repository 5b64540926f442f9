import type { BusinessCalendar } from "#/domain/business-time.ts";
import { createSandboxConnector } from "#/tools/connectors/sandbox/sandbox-connector.ts";
import { createTrytonConnector } from "#/tools/connectors/tryton/tryton-connector.ts";
import type { Connector, RejectedChange } from "#/tools/ports.ts";
import type { Config } from "./config.ts";

export type SandboxUrls = {
  readonly psaUrl: string;
  readonly crmUrl: string;
  readonly erpUrl: string;
  readonly hrisUrl?: string | undefined;
  readonly itsmUrl?: string | undefined;
  readonly messengerUrl?: string | undefined;
};

export type ConnectParts = {
  readonly calendar: BusinessCalendar;
  /** The sandbox of this process, when there is one. */
  readonly sandbox: SandboxUrls | null;
  /** Told of every event of a feed that was not taken in. */
  readonly onRejected?: (rejected: RejectedChange) => void;
};

/** The firm's systems of record, by configuration alone. */
export function connectSystems(
  config: Config,
  { calendar, sandbox, onRejected }: ConnectParts,
): Connector {
  if (config.SYSTEM === "tryton")
    return createTrytonConnector({
      url: config.TRYTON_URL ?? "",
      user: config.TRYTON_USER ?? "",
      password: config.TRYTON_PASSWORD ?? "",
      connection: "tryton",
      calendar,
      billingWeekday: config.TRYTON_BILLING_WEEKDAY,
      ...(config.TRYTON_WEB_URL ? { webClient: config.TRYTON_WEB_URL } : {}),
    });
  const [psaUrl = "", crmUrl = "", erpUrl = "", hrisUrl, itsmUrl, messengerUrl] =
    config.SANDBOX_URLS?.split(",") ?? [];
  return createSandboxConnector({
    ...(sandbox ?? { psaUrl, crmUrl, erpUrl, hrisUrl, itsmUrl, messengerUrl }),
    token: config.SANDBOX_TOKEN,
    connection: "sandbox",
    calendar,
    onRejected,
  });
}
