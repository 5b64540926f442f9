import { z } from "zod";

/**
 * Where somebody pressed: the message, and the thread an answer belongs to.
 * null in the Home tab, where there is no message.
 */
export const Place = z
  .object({ channel: z.string().min(1), message: z.string().min(1), thread: z.string().min(1) })
  .nullable();
export type Place = z.infer<typeof Place>;

export const readPlace = (value: unknown): Place => Place.safeParse(value).data ?? null;
