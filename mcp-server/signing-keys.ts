import { z } from "zod";
import { SigningKey } from "./access-token.ts";

const KeySet = z.object({ keys: z.array(z.unknown()).max(100) });

/**
 * Reads an identity provider's key set and keeps it for ten minutes. An unknown key id looks
 * again, at most every thirty seconds, so a rotated key works at once and a flood of made-up ids
 * does not reach the provider. While it is down, known keys serve on for a day.
 * Throws when the set cannot be read and nothing usable is kept.
 */
export function createSigningKeys(needs: {
  /** The JSON of the key set. Bounded in time; throws when it is not there. */
  readonly fetchKeySet: () => Promise<unknown>;
  /** Seconds since the epoch. */
  readonly now: () => number;
}): (kid: string | undefined) => Promise<readonly SigningKey[]> {
  let kept: { keys: readonly SigningKey[]; at: number } | null = null;
  let triedAt = Number.NEGATIVE_INFINITY;
  let running: Promise<readonly SigningKey[]> | null = null;

  const load = async (): Promise<readonly SigningKey[]> => {
    triedAt = needs.now();
    const { keys } = KeySet.parse(await needs.fetchKeySet());
    // Keys of other kinds may stand beside ours and are no reason to fail.
    const usable = keys.flatMap((key) => SigningKey.safeParse(key).data ?? []);
    kept = { keys: usable, at: triedAt };
    return usable;
  };

  return async (kid) => {
    const age = kept ? needs.now() - kept.at : Number.POSITIVE_INFINITY;
    const known = kid === undefined || kept?.keys.some((key) => key.kid === kid);
    if (kept && age < 600 && known) return kept.keys;
    if (kept && age < 86_400 && needs.now() - triedAt < 30) return kept.keys;
    running ??= load().finally(() => {
      running = null;
    });
    try {
      return await running;
    } catch (error) {
      if (kept && age < 86_400 && known) return kept.keys;
      throw error;
    }
  };
}
