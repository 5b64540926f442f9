import { readConfig } from "../config.ts";
import { casesCommand } from "./cases.ts";
import { kpiCommand } from "./kpi.ts";
import { complain, perform, say } from "./perform.ts";
import { Misunderstood, type PictureCommand } from "./picture-text.ts";
import { portfolioCommand } from "./portfolio.ts";
import { predictCommand } from "./predict.ts";
import { projectCommand } from "./project.ts";
import { whatIfCommand } from "./what-if.ts";
import { whyCommand } from "./why.ts";

export const pictureUsage = `  countersign portfolio [--rag red]                      every project, what is at risk first
  countersign project "Grid Portal" [--full]             one project: rules, figures, forecast, open cases
  countersign cases [--kind KIND] [--project NAME]       what is open, with causes and deadlines
  countersign kpi [NAME] [--scope person --of WHO] [--drill]   one KPI and its parts; without a name, all there are
  countersign why INV-1042 [--full]                      why an invoice, an approval or a date is as it is
  countersign what-if accept-milestone MS-31 [--on DAY]  what one change would do; nothing is changed
  countersign predict [INV-1042]                         when it will end, with the error of such forecasts; without a name, every process`;

const commands: Readonly<Record<string, PictureCommand>> = {
  portfolio: portfolioCommand,
  project: projectCommand,
  cases: casesCommand,
  kpi: kpiCommand,
  why: whyCommand,
  "what-if": whatIfCommand,
  predict: predictCommand,
};

/** The command about the whole firm of that name; undefined when there is none. */
export function pictureCommand(
  name: string,
): ((args: readonly string[]) => Promise<number>) | undefined {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) return undefined;
  return async (args) => {
    try {
      const config = readConfig();
      const lines = await command(args, (task, argument) => perform(config, task, argument));
      for (const line of lines) say(line);
      return 0;
    } catch (error) {
      if (error instanceof Misunderstood || isBadOption(error)) return complain(error.message);
      throw error;
    }
  };
}

const isBadOption = (error: unknown): error is Error =>
  error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
