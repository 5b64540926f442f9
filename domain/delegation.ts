import { z } from "zod";
import { Instant, PersonId } from "./ids.ts";

/** Somebody is away and names who may act for them, from one day to another. */
export const Delegation = z.object({
  id: z.string(),
  delegator: PersonId,
  delegate: PersonId,
  startsAt: Instant,
  /** The first instant at which it no longer holds. */
  endsAt: Instant,
  madeBy: PersonId,
  revokedAt: Instant.nullable(),
});
export type Delegation = z.infer<typeof Delegation>;

/** Not retroactive: it holds for what is done inside its time, and a revoked one for nothing. */
export const holdsAt = ({ startsAt, endsAt, revokedAt }: Delegation, instant: string): boolean =>
  revokedAt === null &&
  Date.parse(startsAt) <= Date.parse(instant) &&
  Date.parse(instant) < Date.parse(endsAt);

/** `1–14 Dec` in that zone; the last day is the one before it ends. */
export function delegatedDays(
  { startsAt, endsAt }: Pick<Delegation, "startsAt" | "endsAt">,
  zone: string,
): string {
  const first = new Date(startsAt);
  const last = new Date(Date.parse(endsAt) - 1);
  return new Intl.DateTimeFormat("en-GB", { timeZone: zone, day: "numeric", month: "short" })
    .formatRange(first, last)
    .replaceAll(/[\u2009\u202f\u00a0]/g, " ");
}
