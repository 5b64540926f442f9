import type { Capability, Principal } from "#/domain/member.ts";

/** Who is at the other end of one request. Fixed by the server; no tool argument can change it. */
export type Caller = {
  /** With the rights in force now. */
  readonly principal: Principal;
  /** Rights the person's role allows but the token does not carry: to be had by consenting again. */
  readonly obtainable: ReadonlySet<Capability>;
  /** The AI client named by the token; null on loopback, over stdio and in memory. */
  readonly client: string | null;
};

/** OAuth scope of each right. */
export const scopeOf = { read: "ops:read", propose: "ops:propose" } as const satisfies Record<
  Capability,
  string
>;

/** What the log port looks like here; pino fits. */
export type Log = {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
};
