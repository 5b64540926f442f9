import { createHash } from "node:crypto";

export type Person = {
  id: string;
  handle: string;
  name: string;
  email: string;
  tz: string;
  title: string;
  teamId: string;
  deactivated: boolean;
  guest: boolean;
  /** From another workspace, through a shared channel. */
  stranger: boolean;
};

export type PersonSetup = {
  id?: string;
  name: string;
  email: string;
  tz?: string;
  title?: string;
  deactivated?: boolean;
  guest?: boolean;
  stranger?: boolean;
};

/** An id that looks like the real ones and stays the same for the same seed, run after run. */
export function stableId(prefix: string, seed: string): string {
  const digits = BigInt(`0x${createHash("sha256").update(seed).digest("hex").slice(0, 16)}`);
  return `${prefix}0${digits.toString(36).toUpperCase().padStart(9, "0").slice(0, 9)}`;
}

export function personFrom(setup: PersonSetup, teamId: string): Person {
  return {
    id: setup.id ?? stableId("U", `${teamId}/${setup.email.toLowerCase()}`),
    handle: (setup.email.split("@")[0] ?? "someone").toLowerCase(),
    name: setup.name,
    email: setup.email,
    tz: setup.tz ?? "Etc/UTC",
    title: setup.title ?? "",
    teamId: setup.stranger === true ? stableId("T", setup.email) : teamId,
    deactivated: setup.deactivated ?? false,
    guest: setup.guest ?? false,
    stranger: setup.stranger ?? false,
  };
}

/** Seconds east of Greenwich of a zone at a moment, as `users.info` reports them. */
export function zoneOffsetSeconds(tz: string, now: number): number {
  const at = Temporal.Instant.fromEpochMilliseconds(Math.floor(now)).toZonedDateTimeISO(tz);
  return at.offsetNanoseconds / 1e9;
}
