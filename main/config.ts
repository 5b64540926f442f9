import { readFileSync } from "node:fs";
import { z } from "zod";
import { CountersignError } from "#/domain/errors.ts";
import { TenantId } from "#/domain/ids.ts";

const port = z.coerce.number().int().min(0).max(65_535);
const secret = (what: string) => z.string().min(8, `${what} must have at least 8 characters`);

/** Every setting, with what it means. The only place that knows their names; .env.example is proved equal to it. */
export const Settings = z.object({
  PORT: port.default(7300),
  HOST: z.string().default("127.0.0.1"),
  PUBLIC_URL: z
    .url({ error: "set PUBLIC_URL to a URL such as https://copilot.firm.example" })
    .optional(),
  COUNTERSIGN_HOME: z.string().default(".countersign"),
  /** The ed25519 key that signs the audit's checkpoints; by default one is made in COUNTERSIGN_HOME. */
  CHECKPOINT_KEY_FILE: z.string().optional(),
  DATABASE_URL: z
    .url({ error: "set DATABASE_URL, e.g. postgres://countersign@db.internal/countersign" })
    .optional(),
  DATABASE_CONNECTIONS: z.coerce.number().int().min(2).max(200).default(10),
  EXECUTOR_ID: z.string().default("local"),
  /** On a server: a process not seen for so long is taken for dead, and what it was doing is taken over. */
  WORKER_DEAD_SECONDS: z.coerce.number().int().min(1).max(3600).default(30),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("warn"),
  TENANT: TenantId.default(TenantId.parse("meridian")),
  /** What amounts in policies are written in. Other currencies count as beyond every threshold. */
  BASE_CURRENCY: z
    .string()
    .regex(/^[A-Z]{3}$/, "set BASE_CURRENCY to an ISO 4217 code")
    .default("EUR"),
  PEOPLE_FILE: z.string().optional(),
  TENANT_POLICY_FILE: z.string().optional(),
  /** Who may agree to what, up to which amount, as JSON; takes the place of the shipped rules about it. */
  AUTHORITY_FILE: z.string().optional(),
  TARGET_BUSINESS_DAYS: z.coerce.number().int().min(1).max(90).default(5),
  /** More begun runs than this in an hour pause the firm by themselves. */
  MOST_RUNS_PER_HOUR: z.coerce.number().int().min(1).default(1000),
  APPROVAL_HOURS: z.coerce.number().positive().max(2160).default(72),
  /** 0: only events and commands make it look. */
  WATCH_SECONDS: z.coerce.number().int().min(0).max(59).default(20),
  SYSTEM: z.enum(["sandbox", "tryton"]).default("sandbox"),
  /** Who works beside the story's projects in the sandbox: nobody, or a simulated firm of that size. */
  SANDBOX_FIRM: z
    .enum(["story", "S", "M", "L"], { error: "set SANDBOX_FIRM to story, S, M or L" })
    .default("S"),
  SANDBOX_URLS: z
    .string()
    .regex(
      /^https?:[^\s,]+(,https?:[^\s,]+){2}((,https?:[^\s,]+){3})?$/,
      "set SANDBOX_URLS to three URLs, psa,crm,erp, or to six: psa,crm,erp,hris,itsm,messenger",
    )
    .optional(),
  SANDBOX_TOKEN: secret("SANDBOX_TOKEN").default("sandbox-token"),
  WEBHOOK_SECRET: secret("WEBHOOK_SECRET").default("sandbox-webhook-secret"),
  TRYTON_URL: z
    .url({ error: "set TRYTON_URL with the database, e.g. http://127.0.0.1:8000/firm/" })
    .optional(),
  TRYTON_USER: z.string().optional(),
  TRYTON_PASSWORD: z.string().optional(),
  /** ISO weekday of the firm's billing run, where the ERP does not know it. */
  TRYTON_BILLING_WEEKDAY: z.coerce.number().int().min(1).max(7).default(4),
  TRYTON_WEB_URL: z.url().optional(),
  SLACK_MODE: z.enum(["sandbox", "http", "socket", "off"]).default("sandbox"),
  SLACK_BOT_TOKEN: z
    .string()
    .startsWith("xoxb-", "SLACK_BOT_TOKEN starts with xoxb- (Slack app > OAuth & Permissions)")
    .optional(),
  SLACK_SIGNING_SECRET: secret("SLACK_SIGNING_SECRET").optional(),
  SLACK_APP_TOKEN: z
    .string()
    .startsWith("xapp-", "SLACK_APP_TOKEN starts with xapp- (Slack app > Basic Information)")
    .optional(),
  SLACK_TEAM: z.string().optional(),
  SLACK_CHANNEL: z.string().default("delivery-ops"),
  /** Another address of Slack's Web API, such as a proxy's. */
  SLACK_API_URL: z
    .url({ error: "set SLACK_API_URL to a URL that ends in /api/, or leave it out" })
    .endsWith("/api/", "SLACK_API_URL ends in /api/")
    .optional(),
  ANTHROPIC_API_KEY: z.string().optional(),
  ANTHROPIC_BASE_URL: z.url().optional(),
  CLAUDE_MODEL: z.string().default("claude-sonnet-5-5"),
  CLAUDE_SPECIALIST_MODEL: z.string().default("claude-haiku-5-5"),
  MCP_PERSON: z.email().optional(),
  OAUTH_ISSUER: z
    .url({ error: "set OAUTH_ISSUER to your identity provider's issuer URL" })
    .optional(),
  OAUTH_JWKS_URL: z.url().optional(),
});
export type Config = z.infer<typeof Settings>;

/** Reads the environment once. Throws CONFIG_INVALID that lists every problem, not just the first. */
export function readConfig(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Config {
  const given = Object.fromEntries(
    Object.keys(Settings.shape)
      .map((key) => [key, env[key]] as const)
      .filter(([, value]) => value !== undefined && value !== ""),
  );
  const parsed = Settings.safeParse(given);
  const problems = parsed.success
    ? rulesBetween(parsed.data)
    : parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  if (!parsed.success || problems.length > 0)
    throw new CountersignError("CONFIG_INVALID", {
      problems: problems.map((problem) => `  ✖ ${problem}`).join("\n"),
    });
  return parsed.data;
}

/** The environment, with these settings instead of its own. */
export const readConfigWith = (settings: Readonly<Record<string, string>>): Config =>
  readConfig({ ...process.env, ...settings });

const loopback = new Set(["127.0.0.1", "localhost", "::1"]);

function rulesBetween(config: Config): string[] {
  const problems: string[] = [];
  const need = (when: boolean, keys: readonly (keyof Config)[], why: string): void => {
    if (!when) return;
    const missing = keys.filter((key) => config[key] === undefined);
    if (missing.length > 0) problems.push(`${missing.join(", ")}: ${why}`);
  };
  need(
    config.SYSTEM === "tryton",
    ["TRYTON_URL", "TRYTON_USER", "TRYTON_PASSWORD"],
    "needed when SYSTEM=tryton",
  );
  need(
    config.SLACK_MODE === "http",
    ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_TEAM"],
    "needed when SLACK_MODE=http",
  );
  need(
    config.SLACK_MODE === "socket",
    ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_TEAM"],
    "needed when SLACK_MODE=socket",
  );
  need(
    config.OAUTH_ISSUER !== undefined,
    ["OAUTH_JWKS_URL", "PUBLIC_URL"],
    "needed with OAUTH_ISSUER",
  );
  if (!loopback.has(config.HOST)) {
    need(
      true,
      ["OAUTH_ISSUER"],
      `HOST=${config.HOST} can be reached from outside, so AI clients must present a token`,
    );
    if (config.WEBHOOK_SECRET === "sandbox-webhook-secret")
      problems.push("WEBHOOK_SECRET: set a secret of your own when HOST is not loopback");
  }
  return problems;
}

/** The text of a settings file that the configuration names. Throws CONFIG_INVALID when it cannot be read. */
export function readSettingsFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new CountersignError(
      "CONFIG_INVALID",
      { problems: `  ✖ cannot read ${path}` },
      { cause },
    );
  }
}
