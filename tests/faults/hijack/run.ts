import { ruleOfThree } from "../report.ts";
import { readAttacks, sharedAttacks } from "./attacks.ts";
import { type HijackResult, hijackExperiment } from "./hijack.ts";
import { openHouse, permitEverything } from "./house.ts";
import { allInjections } from "./injections.ts";
import { lookAlikes } from "./look-alikes.ts";
import { tamperExperiment } from "./tamper.ts";
import { wordsExperiment } from "./words.ts";

export type HijackOrder = {
  /** Files of attack texts; without any, those beside this checkout, and always our own. */
  readonly files: readonly string[];
  /** Calls of the hijacked model, half under each set of rules. */
  readonly proposals: number;
  readonly seed: number;
  /** Embedded when left out. A database of its own on a server else. */
  readonly databaseUrl?: () => Promise<{ url: string; drop: () => Promise<void> }>;
  readonly say: (line: string) => void;
  readonly progress: (line: string) => void;
};

/** From this size on, every injection meets every placement, and every leaf every change. */
const whole = 10_000;

/** The whole experiment. Returns every violation; stops at the first part that has one. */
export async function runHijack(order: HijackOrder): Promise<string[]> {
  const { files, proposals, seed, say, progress } = order;
  const from = files.length > 0 ? files : sharedAttacks();
  if (from.length === 0)
    say(
      "hijack: no attack files beside this checkout (SHARED_DATA), so only our own texts are used",
    );
  const attacks = [...new Set([...allInjections, ...from.flatMap(readAttacks)])];
  const everything = proposals >= whole;

  for (const permit of [false, true]) {
    const result = await onDatabase(order, (databaseUrl) =>
      hijackExperiment({
        attacks,
        proposals: Math.ceil(proposals / 2),
        seed: seed + (permit ? 1 : 0),
        permitEverything: permit,
        progress,
        ...databaseUrl,
      }),
    );
    for (const line of tableOf(result)) say(line);
    if (result.violations.length > 0) return told(result.violations, say);
  }

  for (const tenantRules of [undefined, permitEverything]) {
    const tampered = await onDatabase(order, async (databaseUrl) => {
      const house = await openHouse({ ...(tenantRules ? { tenantRules } : {}), ...databaseUrl });
      try {
        house.firm.addProject("P1", {
          name: "Data platform",
          client: "Northwind",
          line: "Consulting",
          person: "Ana Kovac",
          title: "More scope",
        });
        return await tamperExperiment(house, everything ? {} : { most: 20 });
      } finally {
        await house.close();
      }
    });
    say(
      `after the approval, by the owner of the database, ${tenantRules ? "permit everything" : "shipped rules"}:`,
    );
    say(
      `  ${tampered.mutations} payloads with one leaf changed: executed ${tampered.violations.filter((each) => each.includes("would run")).length}`,
    );
    say(
      `  ${tampered.sinks} arguments taken from free text: ${tampered.raisedToPeople} only with a person's look, ${tampered.sinks - tampered.raisedToPeople} never`,
    );
    if (tampered.violations.length > 0) return told(tampered.violations, say);
  }

  const words = await onDatabase(order, (databaseUrl) =>
    wordsExperiment({
      injected: everything ? allInjections : allInjections.filter((_, index) => index % 6 === 0),
      ordinary: everything ? lookAlikes : lookAlikes.filter((_, index) => index % 10 === 0),
      ...databaseUrl,
    }),
  );
  const { injected, ordinary } = words;
  say("words in the firm's records, through the agents:");
  say(
    `  injections: ${injected.cases} cases, ${injected.steered.length} steered anything, ${injected.held.length} asked a person more or said less`,
  );
  say(
    `  ordinary look-alikes: ${ordinary.cases} cases, ${ordinary.held.length} wrongly held (${share(ordinary.held.length, ordinary.cases)})`,
  );
  for (const each of ordinary.held) say(`    held: ${each}`);
  say(
    `  ${words.unattended} reminders went out with nobody looking; ${words.quoting.length} of them quote a short name that an attacker chose`,
  );
  for (const each of words.quoting) say(`    quoted: ${each}`);
  return told(words.violations, say);
}

const share = (part: number, all: number): string =>
  `${((100 * part) / Math.max(1, all)).toFixed(1)} %`;

function told(violations: readonly string[], say: (line: string) => void): string[] {
  if (violations.length > 0) say(`  ${violations.length} VIOLATION(S):`);
  for (const each of violations) say(`    ${each}`);
  return [...violations];
}

export function tableOf(result: HijackResult): string[] {
  const rows = [...result.outcomes].toSorted(([, a], [, b]) => b - a);
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    result.title,
    ...rows.map(([name, count]) => `  ${name.padEnd(width)}  ${String(count).padStart(7)}`),
    `  ${result.reachedPeople} proposals reached a person, each asked about once; they approved ${result.approvedByPeople} that ran`,
    `  ${result.unattended} effects ran by themselves (reminders from the template, within the firm's rules)`,
    ...(result.violations.length === 0
      ? [
          `  effects without authority: ${ruleOfThree(result.moves)} (rule of three, 95 %, for this generator)`,
        ]
      : []),
  ];
}

async function onDatabase<T>(
  { databaseUrl }: HijackOrder,
  work: (where: { databaseUrl?: string }) => Promise<T>,
): Promise<T> {
  if (!databaseUrl) return work({});
  const { url, drop } = await databaseUrl();
  try {
    return await work({ databaseUrl: url });
  } finally {
    await drop();
  }
}
