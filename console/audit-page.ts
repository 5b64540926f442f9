import { z } from "zod";
import { type AuditEvent, AuditKind } from "#/domain/audit-event.ts";
import { type Content, type Html, html } from "./html.ts";
import { fineTime, section, time, words } from "./parts.ts";

export type AuditTail = {
  /** Newest last. */
  readonly events: readonly AuditEvent[];
  /** What a full check of the chain said; null when it was not checked. */
  readonly chain: {
    readonly lines: number;
    readonly fault: { readonly seq: number; readonly problem: string } | null;
    readonly checkedAt: string;
  } | null;
};

const Body = z.object({ kind: AuditKind, actor: z.string(), subject: z.string() });

/** The newest lines of the chain and whether it holds. */
export function auditPage({ events, chain }: AuditTail): Content {
  return html`<h1>Audit</h1>
  ${chainState(chain)}
  ${section("Newest lines", lines(events), html`The last ${events.length}, newest first. Each carries the hash of the one before.`)}`;
}

function chainState(chain: AuditTail["chain"]): Html {
  if (!chain)
    return html`<p class="chain wait"><b>Not checked.</b> Whether the chain holds is not known here; run the verifier.</p>`;
  return chain.fault
    ? html`<p class="chain bad" role="alert"><b>The chain is broken at line ${chain.fault.seq}</b>: ${words(chain.fault.problem, 300)}. Checked ${time(chain.checkedAt)}. Stop and investigate before trusting anything after it.</p>`
    : html`<p class="chain good"><b>The chain holds.</b> ${chain.lines} lines recomputed, checked ${time(chain.checkedAt)}.</p>`;
}

function lines(events: readonly AuditEvent[]): Html {
  if (events.length === 0) return html`<p class="none">Nothing has been written yet.</p>`;
  return html`<div class="scroll"><table class="stack">
    <thead><tr><th scope="col" class="number">Line</th><th scope="col">When</th><th scope="col">What</th><th scope="col">Who</th><th scope="col">About</th><th scope="col">Hash</th></tr></thead>
    <tbody>${events.toReversed().map((event) => {
      const body = read(event.body);
      return html`<tr>
        <td data-label="Line" class="number">${event.seq}</td>
        <td data-label="When">${fineTime(event.at)}</td>
        <td data-label="What"><span class="badge ${body ? toneOf(body.kind) : "bad"}">${body ? body.kind : "unreadable line"}</span></td>
        <td data-label="Who">${body ? words(body.actor) : ""}</td>
        <td data-label="About">${body ? subject(body.subject) : ""}</td>
        <td data-label="Hash"><code class="faint">${event.hash.slice(0, 12)}</code></td>
      </tr>`;
    })}</tbody></table></div>`;
}

function read(body: string): z.infer<typeof Body> | null {
  try {
    return Body.parse(JSON.parse(body));
  } catch {
    return null;
  }
}

/** `proposal:P-7K3M2Q:1` leads to the proposal; the rest is text. */
function subject(text: string): Content {
  const id = /^proposal:(P-[0-9A-Z]{6,26})(?::\d+)?$/.exec(text)?.[1];
  const shown = html`<code>${words(text)}</code>`;
  return id ? html`<a href="/proposals/${id}">${shown}</a>` : shown;
}

const toneOf = (kind: AuditKind): string => {
  if (/\.(denied|refused|rejected|failed|unknown|stopped)$/.test(kind)) return "bad";
  if (/\.(approved|verified|done|closed)$/.test(kind)) return "good";
  return "quiet";
};
