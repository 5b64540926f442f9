import { ApprovalKind } from "#/domain/decision.ts";
import type { ParsedPolicy } from "./engine.ts";
import { type WaitToken, waitTokens } from "./wait.ts";

/** What would lift a forbid: votes of one kind, or a later hour. */
export type Cure =
  | { readonly kind: "approval"; readonly approval: ApprovalKind; readonly count: number }
  | { readonly kind: "wait"; readonly until: WaitToken };

export type Declared = {
  readonly id: string;
  /** The sentence shown to people. */
  readonly reason: string;
  readonly cure: Cure | null;
  readonly obligations: readonly string[];
};

/** Guardrails are numbered G, a firm's own rules T; so neither can pass for the other. */
export type Layer = "G" | "T";

const known = ["id", "reason", "cure", "approval", "count", "until", "obligation"];

/** Reads what a policy declares of itself. Problems are sentences for whoever wrote the rule. */
export function readAnnotations(
  { effect, annotations }: ParsedPolicy,
  layer: Layer,
): { declared: Declared; problems: string[] } {
  const id = annotations["id"]?.trim() ?? "";
  const reason = annotations["reason"]?.trim() ?? "";
  const problems: string[] = [];
  if (!id) problems.push("has no @id");
  else if (!new RegExp(`^${layer}\\d{2,3}-[a-z0-9]+(-[a-z0-9]+)*$`).test(id))
    problems.push(`its @id must look like ${layer}01-what-it-says`);
  if (!reason) problems.push("has no @reason");
  for (const name of Object.keys(annotations))
    if (!known.includes(name)) problems.push(`@${name} is not an annotation we know`);
  if (effect === "permit" && "cure" in annotations)
    problems.push("@cure belongs on a forbid; a permit needs no cure");
  if (effect === "forbid" && "obligation" in annotations)
    problems.push("@obligation belongs on a permit; a forbid lets nothing happen");

  const { cure, problem: cureProblem } = readCure(annotations);
  if (cureProblem) problems.push(cureProblem);
  const obligations = (annotations["obligation"] ?? "").split(";").map((text) => text.trim());
  if ("obligation" in annotations && obligations.some((text) => !text))
    problems.push("@obligation has an empty part");
  return {
    declared: { id, reason, cure, obligations: obligations.filter(Boolean) },
    problems: problems.map((problem) => `${id || "a policy"}: ${problem}`),
  };
}

function readCure(annotations: Readonly<Record<string, string>>): {
  cure: Cure | null;
  problem: string | null;
} {
  const { cure, approval, count, until } = annotations;
  const refuse = (problem: string) => ({ cure: null, problem });
  const stray = (names: readonly string[]) => names.find((name) => name in annotations);
  if (cure === undefined) {
    const name = stray(["approval", "count", "until"]);
    return name ? refuse(`@${name} means nothing without @cure`) : { cure: null, problem: null };
  }
  if (cure === "wait") {
    const name = stray(["approval", "count"]);
    if (name) return refuse(`@${name} does not go with @cure("wait")`);
    const token = waitTokens.find((candidate) => candidate === until);
    return token
      ? { cure: { kind: "wait", until: token }, problem: null }
      : refuse(`@until must be one of: ${waitTokens.join(", ")}`);
  }
  if (cure !== "approval") return refuse('@cure must be "approval" or "wait"');
  if ("until" in annotations) return refuse('@until does not go with @cure("approval")');
  const kind = ApprovalKind.safeParse(approval);
  if (!kind.success) return refuse(`@approval must be one of: ${ApprovalKind.options.join(", ")}`);
  // Two digits: nobody collects a hundred votes, and a typo should not make an action impossible.
  if (!/^[1-9]\d?$/.test(count ?? "")) return refuse("@count must be a whole number from 1 to 99");
  return { cure: { kind: "approval", approval: kind.data, count: Number(count) }, problem: null };
}
