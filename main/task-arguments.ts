import type { z } from "zod";
import { CountersignError } from "#/domain/errors.ts";

/** What a command gave, in the shape it must have. Throws INVALID_ARGUMENTS with every problem. */
export function argumentsOf<T>(shape: z.ZodType<T>, given: unknown): T {
  const parsed = shape.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new CountersignError("INVALID_ARGUMENTS", {
    problems: parsed.error.issues.map(({ message }) => message).join("; "),
  });
}
