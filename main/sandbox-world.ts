import { join } from "node:path";
import { CountersignError } from "#/domain/errors.ts";
import { startSlackEmulator } from "#/sandbox/slack/slack-emulator.ts";
import { type Systems, startSystems } from "#/sandbox/systems/start-systems.ts";
import { OtherFirmKept } from "#/sandbox/systems/world.ts";
import type { Config } from "./config.ts";
import { currentCode, sandboxSecret } from "./second-factor.ts";

/** Well-known on purpose: they only ever open the sandbox on this machine. */
export const sandboxSlack = {
  botToken: "xoxb-sandbox",
  appToken: "xapp-sandbox",
  signingSecret: "sandbox-signing-secret",
  team: { id: "T0MERIDIAN", name: "Meridian Consulting", domain: "meridian" },
};

export type Chat = Awaited<ReturnType<typeof startSlackEmulator>>;

/** A port a few after the front door's, or any free one when that is free to choose. */
const after = (config: Config, offset: number): number =>
  config.PORT === 0 ? 0 : config.PORT + offset;

/** What a setting can mend, told as such: a port that is taken, a firm of another size in the folder. */
async function orConfig<T>(config: Config, starting: Promise<T>): Promise<T> {
  try {
    return await starting;
  } catch (cause) {
    if (cause instanceof OtherFirmKept)
      throw new CountersignError(
        "CONFIG_INVALID",
        { problems: `  ✖ SANDBOX_FIRM: ${cause.message}` },
        { cause },
      );
    if (!isTaken(cause) && !(cause instanceof Error && isTaken(cause.cause))) throw cause;
    const problems = `  ✖ one of the ports ${config.PORT + 1} to ${config.PORT + 7} is taken; set PORT to another one`;
    throw new CountersignError("CONFIG_INVALID", { problems }, { cause });
  }
}

const isTaken = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "EADDRINUSE";

/** The firm's six systems, on the ports after the front door and the chat. */
export const startSandboxSystems = (config: Config, anchor: string): Promise<Systems> =>
  orConfig(
    config,
    startSystems({
      anchor,
      seed: "meridian",
      firm: config.SANDBOX_FIRM,
      token: config.SANDBOX_TOKEN,
      folder: join(config.COUNTERSIGN_HOME, "sandbox-systems"),
      ports: {
        psa: after(config, 2),
        crm: after(config, 3),
        erp: after(config, 4),
        hris: after(config, 5),
        itsm: after(config, 6),
        messenger: after(config, 7),
      },
    }),
  );

/** The firm's chat, with everybody in it. */
export const startSandboxChat = (
  config: Config,
  people: readonly { name: string; email: string; active: boolean; roles: readonly string[] }[],
): Promise<Chat> =>
  orConfig(
    config,
    startSlackEmulator({
      port: after(config, 1),
      ...sandboxSlack,
      appName: "Countersign",
      folder: join(config.COUNTERSIGN_HOME, "sandbox-chat"),
      people: people.map(({ name, email, active, roles }) => ({
        name,
        email,
        tz: "Europe/Berlin",
        title: roles.map((role) => role.replace(/(?<=[a-z])(?=[A-Z])/g, " ")).join(", "),
        deactivated: !active,
      })),
      channels: [
        {
          name: config.SLACK_CHANNEL,
          purpose: "What delays our projects and invoices, and what we do about it",
          members: people.filter(({ active }) => active).map(({ email }) => email),
        },
      ],
      deviceCode: (email) => currentCode(sandboxSecret(email), Date.now()),
    }),
  );
