import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { env } from "node:process";

/** Texts under these names say where a file comes from, not what an attacker says. */
const about = new Set([
  "license",
  "origin",
  "paper",
  "placeholders",
  "name",
  "cls",
  "module",
  "inherits",
  "suite",
  "version",
  "comment",
  "ground_truth_tools",
  "Attacker Tools",
  "Attack Type",
  "Expected Achievements",
  "User Tool",
  "User Instruction",
  "Tool Parameters",
  "Tool Response Template",
  "Tool Response",
]);
const shortest = 8;

/**
 * Every attack text of a file: one a line, JSON lines, or JSON of any shape. Texts with `{goal}` in
 * them are templates, and are filled with every goal. Throws Error when the file holds none.
 */
export function readAttacks(file: string): string[] {
  const text = readFileSync(file, "utf8");
  const found = new Set<string>();
  const templates = new Set<string>();
  const goals = new Set<string>();
  const take = (value: unknown, name: string): void => {
    if (typeof value === "string") {
      if (about.has(name) || value.trim().length < shortest) return;
      if (name === "hacking_prompt") templates.add(`${value}{goal}`);
      else if (value.includes("{goal}")) templates.add(value);
      else if (name === "goal" || name === "Attacker Instruction") goals.add(value);
      found.add(value);
    } else if (Array.isArray(value)) for (const each of value) take(each, name);
    else if (typeof value === "object" && value !== null)
      for (const [key, each] of Object.entries(value)) take(each, key);
  };
  for (const value of parsed(text)) take(value, "");
  for (const template of templates) {
    found.delete(template);
    for (const goal of goals)
      found.add(
        template
          .replaceAll("{goal}", goal)
          .replaceAll("{user}", "Dana Lead")
          .replaceAll("{model}", "Claude")
          .replaceAll(/\{(tools|task)\}/g, "remediation_propose"),
      );
  }
  if (found.size === 0) throw new Error(`${file} holds no attack text`);
  return [...found];
}

function parsed(text: string): unknown[] {
  try {
    return [JSON.parse(text)];
  } catch {
    return text.split(/\r?\n/).map((line) => {
      try {
        return JSON.parse(line) as unknown;
      } catch {
        return line;
      }
    });
  }
}

/** The attack files beside this checkout, which are never part of it; none where they are absent. */
export function sharedAttacks(): string[] {
  const data = env["SHARED_DATA"] ?? join(import.meta.dirname, "../../../../shared/data");
  return ["agentdojo_dev.json", "injecagent_dev.json", "bipia_train.json"]
    .map((name) => join(data, "attacks", name))
    .filter((file) => existsSync(file));
}
