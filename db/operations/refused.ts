import type { Tx } from "../open-database.ts";
import type { Refused } from "./admit-events.ts";

export type KeptRefused = Refused & { readonly receivedAt: string; readonly times: number };

/** What was refused, the newest first. */
export async function listRefused(tx: Tx, count: number): Promise<KeptRefused[]> {
  const found = await tx.query<Refused & { received_at: Date; times: number }>(
    `select connection, event, reason, body, received_at, times from operations_quarantine
      order by operations_quarantine.number desc limit $1`,
    [count],
  );
  return found.rows.map(({ received_at, ...refused }) => ({
    ...refused,
    receivedAt: received_at.toISOString(),
  }));
}
