import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import { CountersignError } from "#/domain/errors.ts";

/** From bad to good; the order is used. */
export const ratings = ["Red", "Amber", "Green"] as const;
export type Rating = (typeof ratings)[number];
/** The scale until 2021; the middle three are one rating of the coarse scale only in the name. */
export const fineRatings = ["Red", "Amber/Red", "Amber", "Amber/Green", "Green"] as const;

const text = z.string().nullish();
const number = z.number().nullish();

/** One project in one year. Amounts in millions of pounds; a column that is absent is not known. */
export const RatingRow = z.object({
  project: z.string(),
  department: text,
  year: z.number(),
  category: text,
  rating3: z.enum(ratings),
  rating5: z.enum(fineRatings).nullish(),
  status_narrative_masked: z.string(),
  schedule_narrative: text,
  variance_narrative: text,
  budget_narrative: text,
  start_date: text,
  end_date: text,
  year_budget_m: number,
  year_forecast_m: number,
  whole_life_cost_m: number,
});
export type RatingRow = z.infer<typeof RatingRow>;

/** Rows of a JSON Lines file. Throws INVALID_ARGUMENTS for an absent file or a line that is no such row. */
export function readRows(file: string): RatingRow[] {
  const refuse = (problems: string): never => {
    throw new CountersignError("INVALID_ARGUMENTS", { problems });
  };
  if (!existsSync(file)) return refuse(`the file ${file} does not exist`);
  const rows = readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line, index) => {
      if (line.trim() === "") return [];
      const row = RatingRow.safeParse(parsed(line));
      const where = row.error?.issues[0]?.path.join(".") || "the line";
      return row.success ? [row.data] : refuse(`line ${index + 1} of ${file}: ${where} is wrong`);
    });
  return rows.length > 0 ? rows : refuse(`${file} has no rows`);
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
