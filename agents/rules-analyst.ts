import type { InvoiceDelay } from "#/domain/assessment.ts";
import { unfence } from "./fence.ts";
import type { Plan, View } from "./rules-model.ts";
import { delaySentences } from "./rules-wording.ts";

/** The analyst by rules: reads the explanation and puts it in words. No judgement of its own. */
export function planCauses({ task, seen }: View): Plan {
  const explained = seen.find((call) => call.tool === "invoice_delay_explain");
  if (!explained)
    return {
      kind: "tools",
      calls: [{ name: "invoice_delay_explain", args: { invoice: invoiceIn(task) } }],
    };
  const sentences = explained.ok ? delaySentences(explained.answer as InvoiceDelay) : [];
  return { kind: "final", object: { sentences } };
}

function invoiceIn(task: string): string {
  const data = unfence(task);
  return typeof data === "object" && data !== null && "invoice" in data ? String(data.invoice) : "";
}
