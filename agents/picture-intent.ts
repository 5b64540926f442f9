import type { Intent } from "./intent.ts";

/** What a person wants to know of the firm as a whole, as far as rules can tell from the words. */
export type PictureIntent =
  | { readonly kind: "portfolio"; readonly rag: string | null }
  | { readonly kind: "cases" | "renewals" }
  | { readonly kind: "more"; readonly of: "portfolio" | "cases" | "renewals"; rag: string | null }
  | { readonly kind: "project" | "project-delay" | "timeline" | "forecast" | "what-if" }
  | { readonly kind: "kpi" | "bottleneck" };

const measures =
  /\butili[sz]ation|\bdso\b|\bdays sales outstanding|\bmargins?\b|\bdays[- ]to[- ]invoice|\breali[sz]ation|\bleakage|\bwip\b|\btimesheet compliance|\bkick-?off\b|\bbilling readiness|\bcash conversion|\bkpis?\b|\bon[- ]time approvals?|\bapproval age|\bexception rate|\brework\b|\bqueue depth|\b[cs]pi\b|\bearned value/i;
const colour = /\b(red|amber|yellow|green|unknown)\b/i;

/* Requests to act and small talk stay what they are, whatever else the words are about. */
const settled: readonly Intent["kind"][] = ["hello", "thanks", "abilities", "refuse", "proposal"];

/** Tried in this order; null: not a question about the whole firm. `before` are the person's own turns. */
export function pictureIntent(
  text: string,
  old: Intent,
  before: readonly string[],
): PictureIntent | null {
  const t = text.trim();
  if (settled.includes(old.kind)) return null;
  if (/^(?:and )?(?:what if|what happens if|what would happen if|suppose|assume)\b/i.test(t))
    return { kind: "what-if" };
  if (old.kind === "missing-time" || old.kind === "opportunities") return null;
  if (old.kind === "propose" || old.kind === "remedies") return attention(t);
  if (old.kind === "others") return more(before);
  if (/\btimeline\b|\bhandoffs?\b|\bhistory of\b/i.test(t)) return { kind: "timeline" };
  if (/\brenewals?\b|\baccounts? at risk|\bchurn|\bcustomer health/i.test(t))
    return { kind: "renewals" };
  if (
    /\bbottlenecks?\b|\bprocess (?:performance|times?)|\bwho (?:holds|is holding|slows|is slowing|blocks|is blocking)\b(?!.*\binv)/i.test(
      t,
    )
  )
    return { kind: "bottleneck" };
  if (/\bwhen (?:will|do|does|are|is|can)\b|\bforecast|\bexpected to (?:pay|finish)/i.test(t))
    return { kind: "forecast" };
  if (measures.test(t) && !/\bwhy\b/i.test(t)) return { kind: "kpi" };
  const general = attention(t);
  if (general) return general;
  if (
    /\b(?:open|new) (?:cases?|issues?|exceptions?|problems?)\b|^what(?:'s| is) (?:still )?open\b/i.test(
      t,
    )
  )
    return { kind: "cases" };
  if (/\binvoices?\b|\bbills?\b|\bproposals?\b|\bapproval\b/i.test(t)) return null;
  if (/\bwhy\b/i.test(t) && colour.test(t)) return { kind: "project" };
  if (/\bwhy\b/i.test(t) && /\bproject\b|\bmargin\b|\bslip/i.test(t))
    return { kind: "project-delay" };
  if (
    /\bhow(?: i|')s\b|\bhow (?:are|does|do)\b|\bhealth\b|\bstatus of\b|\bdoing\b|\bgoing\b/i.test(t)
  )
    return { kind: "project" };
  return null;
}

function attention(t: string): PictureIntent | null {
  const named = colour.exec(t)?.[1]?.toLowerCase() ?? null;
  const rag = named === "yellow" ? "amber" : named;
  if (
    /\bprojects\b/i.test(t) &&
    (rag !== null || /\btrouble|\bat risk|\bunhealthy|\bdoing\b|\bhealth\b/i.test(t))
  )
    return { kind: "portfolio", rag };
  if (
    /\bportfolio\b|\bneeds? (?:my |our |the most )?attention|\bwhat (?:is|goes|went) (?:on|wrong)(?: today| now)?\??$/i.test(
      t,
    )
  )
    return { kind: "portfolio", rag };
  return null;
}

/** “And the others?” goes on with the list that was last asked for, if it was one of ours. */
function more(before: readonly string[]): PictureIntent | null {
  const last = before.at(-1);
  const listed = last === undefined ? null : pictureIntent(last, { kind: "unknown" }, []);
  if (listed?.kind === "portfolio") return { kind: "more", of: "portfolio", rag: listed.rag };
  if (listed?.kind === "cases" || listed?.kind === "renewals")
    return { kind: "more", of: listed.kind, rag: null };
  return null;
}
