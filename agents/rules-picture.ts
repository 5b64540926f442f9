import type { SentenceDraft } from "./grounding.ts";
import type { Intent } from "./intent.ts";
import { matchNames } from "./name-match.ts";
import { type PictureIntent, pictureIntent } from "./picture-intent.ts";
import type { AccountRow, PictureAnswer, PortfolioRow } from "./picture-shapes.ts";
import { meant } from "./rules-meant.ts";
import type { Plan, Seen, View } from "./rules-model.ts";
import { answer, ask } from "./rules-plans.ts";
import { called, mostSaid as most, saidBy, saying } from "./rules-saying.ts";
import { planWhatIf } from "./rules-what-if.ts";

/** What is asked about the whole firm; null where the tools for it are not there, or it is another question. */
export function pictureIntentOf(view: View, old: Intent): PictureIntent | null {
  if (!view.tools.has("portfolio_list")) return null;
  const before = view.history.filter(({ who }) => who === "person").map(({ text }) => text);
  return pictureIntent(view.task, old, before);
}

/** Answers from the sentences that the tools made; null where the words mean an invoice after all. */
export function planPicture(view: View, intent: PictureIntent): Plan | null {
  switch (intent.kind) {
    case "portfolio":
      return listed(view, "portfolio_list", intent.rag === null ? {} : { rag: intent.rag });
    case "cases":
      return openCases(view);
    case "renewals":
      return listed(view, "account_list", {});
    case "bottleneck":
      return listed(view, "process_performance_get", {});
    case "more":
      return others(view, intent);
    case "kpi":
      return measure(view);
    case "what-if":
      return planWhatIf(view);
    case "project":
      return about(view, { tool: "project_health_get", key: "project", only: "projects" });
    case "project-delay":
      return about(view, { tool: "delay_explain", key: "of", only: "projects" });
    case "forecast":
      return about(view, { tool: "forecast_get", key: "of", only: "any" });
    case "timeline":
    default:
      return about(view, { tool: "timeline_get", key: "of", only: "any" });
  }
}

function listed(view: View, tool: string, args: Readonly<Record<string, unknown>>): Plan {
  const seen = called(view, tool);
  return seen
    ? saying(seen, "source-failed", unnamed(rowsIn(seen), saidBy(seen)))
    : ask(tool, args);
}

function openCases(view: View): Plan | null {
  const seen = called(view, "case_list");
  if (!seen) {
    const found = meant(view, "projects");
    if ("plan" in found) return found.plan;
    return ask("case_list", found.named && found.ref !== null ? { project: found.ref } : {});
  }
  if (seen.ok && (seen.answer as PictureAnswer<"case_list">).total === 0)
    return answer([], ["source-stale", "nothing-open"]);
  return saying(seen, "source-failed", unnamed(rowsIn(seen), saidBy(seen)));
}

type Row = { readonly name: string; readonly line: SentenceDraft };

/** One sentence for each row of a list, in the tool's own words where it has some. */
function rowsIn({ tool, ok, answer: found }: Seen): Row[] {
  if (!ok) return [];
  if (tool === "portfolio_list")
    return (found as PictureAnswer<"portfolio_list">).projects.map((row) => ({
      name: row.name,
      line: projectLine(row),
    }));
  if (tool === "case_list")
    return (found as PictureAnswer<"case_list">).cases.map(({ title, evidence }) => ({
      name: title,
      line: { text: `${title}.`, evidence },
    }));
  if (tool === "account_list")
    return (found as PictureAnswer<"account_list">).accounts
      .filter(({ risk }) => risk !== "low")
      .map((row) => ({ name: row.name, line: accountLine(row) }));
  return [];
}

/** The rows that these sentences do not name yet. */
const unnamed = (rows: readonly Row[], told: string): SentenceDraft[] =>
  rows.filter(({ name }) => !told.includes(name)).map(({ line }) => line);

const accountLine = ({ name, risk, drivers, evidence }: AccountRow): SentenceDraft => {
  const [driver] = drivers;
  if (driver?.text.includes(name)) return driver;
  return { text: `${name}: risk ${risk}${driver ? `, ${driver.text}` : ""}.`, evidence };
};

const projectLine = (row: PortfolioRow): SentenceDraft => {
  const [reason] = row.reasons;
  if (reason?.text.includes(row.name)) return reason;
  const reported = row.watermelon ? `, reported ${row.reported ?? "unknown"}` : "";
  return { text: `${row.name}: ${row.rag}${reported}.`, evidence: row.evidence };
};

const toolOf = {
  portfolio: "portfolio_list",
  cases: "case_list",
  renewals: "account_list",
} as const;

/** The rows of the last list that our answers did not name yet. */
function others(view: View, { of, rag }: Extract<PictureIntent, { kind: "more" }>): Plan {
  const tool = toolOf[of];
  const seen = called(view, tool);
  if (!seen) return ask(tool, { limit: 50, ...(rag === null ? {} : { rag }) });
  const told = view.history
    .filter(({ who }) => who === "copilot")
    .map(({ text }) => text)
    .join(" ");
  const rest = unnamed(rowsIn(seen), told);
  if (!seen.ok) return answer([], ["source-failed"]);
  return rest.length === 0
    ? answer([], ["nothing-there"])
    : answer(rest.slice(0, most), rest.length > most ? ["list-cut"] : []);
}

type About = { readonly tool: string; readonly key: string; readonly only: "projects" | "any" };

/** One record that the words name, or that was last spoken of. */
function about(view: View, { tool, key, only }: About): Plan | null {
  const seen = called(view, tool);
  if (seen)
    return saying(seen, only === "projects" ? "unknown-project" : "unknown-record", rules(seen));
  const found = meant(view, only);
  if ("plan" in found) return found.plan;
  if (found.ref !== null) return ask(tool, { [key]: found.ref });
  if (found.several.length > 0) return answer(found.several.slice(0, most), ["which-project"]);
  if (!found.asked) return answer([], ["which-project"]);
  if (only === "any") return answer([], ["unknown-record"]);
  // Words that name no project may still name an invoice: the older rules know those.
  const other = meant(view, "any");
  if ("plan" in other) return other.plan;
  return other.ref === null && other.several.length === 0 ? answer([], ["unknown-project"]) : null;
}

/** The rules behind a project's colour, worst first. */
function rules({ tool, ok, answer: found }: Seen): SentenceDraft[] {
  if (tool !== "project_health_get" || !ok) return [];
  return (found as PictureAnswer<"project_health_get">).rules
    .filter(({ band }) => band === "red" || band === "unknown")
    .map(({ title, figure, thresholdText }) => ({
      text: `${title}: ${figure.text} (${thresholdText}).`,
      evidence: figure.evidence,
    }));
}

/** Names that are not in the words, for what people call a KPI. */
const alsoCalled: Readonly<Record<string, string>> = {
  dso: "days sales outstanding",
  utilisation: "utilization",
  realisation: "realization",
};

function measure(view: View): Plan | null {
  const seen = called(view, "kpi_get");
  if (seen) return saying(seen, "unknown-record", partsOf(seen));
  const catalogue = called(view, "kpi_list");
  if (!catalogue) return ask("kpi_list");
  if (!catalogue.ok) return answer([], ["source-failed"]);
  const { kpis } = catalogue.answer as PictureAnswer<"kpi_list">;
  const [kpi] = matchNames(
    view.task,
    kpis.map((item) => ({
      item,
      ids: [item.kpi, item.title, alsoCalled[item.kpi] ?? ""].filter((id) => id !== ""),
      names: [item.kpi.replaceAll("-", " "), item.title],
    })),
  );
  if (!kpi) return answer([], ["unknown-kpi"]);
  const drill = /\b(?:by|per|break|drill|who|which|each|detail)\b/i.test(view.task);
  const asked = { kpi: kpi.kpi, ...(drill ? { drill } : {}) };
  const whose = namedAfter(view.task);
  if (whose === null) return ask("kpi_get", asked);
  const found = meant(view, "projects");
  if ("plan" in found) return found.plan;
  return found.named && found.ref !== null
    ? ask("kpi_get", { ...asked, scope: "project", of: found.ref })
    : ask("kpi_get", { ...asked, scope: "person", of: whose });
}

const partsOf = ({ ok, answer: found }: Seen): SentenceDraft[] =>
  ok
    ? (found as PictureAnswer<"kpi_get">).parts.map(({ label, text, evidence }) => ({
        text: `${label}: ${text}.`,
        evidence,
      }))
    : [];

/** `Ana Kovac` in “utilisation of Ana Kovac” and in “Ana Kovac's utilisation”. */
function namedAfter(text: string): string | null {
  const name = String.raw`((?:[\p{Lu}\d][\p{L}\p{N}&./-]*\s?){1,5})`;
  const found =
    new RegExp(String.raw`\b(?:of|for|on|at|does|has) (?:the )?${name}`, "u").exec(text)?.[1] ??
    new RegExp(`${name}['’]s\\b`, "u").exec(text)?.[1];
  return found?.trim() ?? null;
}
