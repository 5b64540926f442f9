import type { Payload, ProposalState } from "#/domain/proposal.ts";
import type { AnyRecordRef } from "#/domain/record.ts";
import type { Receipt } from "#/domain/run.ts";

const systemText: Readonly<Record<AnyRecordRef["system"], string>> = {
  psa: "the PSA",
  crm: "the CRM",
  erp: "the ERP",
  hris: "the HR system",
  itsm: "the service desk",
  messenger: "chat",
  countersign: "Countersign",
};

/** What is there now, as it was read back: `Invoice MC-1048 is issued in the ERP. …` */
export function doneSentence({ effects, target }: Payload, receipt: Receipt): string {
  const [effect] = effects;
  const checked = "Read back, and equal to what was approved.";
  const where = systemText[receipt.record.system];
  const type = target.type.replaceAll("-", " ");
  if (receipt.record.system === "messenger")
    return `The message goes out in chat, once (${receipt.externalId}). ${checked}`;
  if (effects.length > 0 && effects.every(({ field }) => field.startsWith("draft.")))
    return `The draft is with ${type} ${target.id} in ${where} (draft ${receipt.externalId}). Nothing was sent; a person sends it. ${checked}`;
  if (effects.length === 1 && effect?.field === "state")
    return `${type.slice(0, 1).toUpperCase()}${type.slice(1)} ${receipt.externalId} is ${effect.after} in ${where}. ${checked}`;
  return `The change is in ${where} (${receipt.externalId}). ${checked}`;
}

/** Every other end; null while there is none. Stands beside the state, so it does not repeat it. */
export const endedSentence = (state: ProposalState, reason: string): string | null =>
  endings[state]?.(reason.replace(/\.$/, "")) ?? null;

const endings: Partial<Record<ProposalState, (reason: string) => string>> = {
  failed: (reason) => `Nothing was written: ${reason}.`,
  unknown: (reason) => `Something may have been written, so a person must look: ${reason}.`,
  expired: (reason) =>
    reason.startsWith("approved")
      ? "It was approved, but could not be carried out in time. Nothing was written."
      : "Nobody decided in time: it was neither approved nor rejected. Nothing was changed.",
  rejected: (reason) => `Nothing was changed. Reason: ${reason}.`,
  withdrawn: (reason) => `It was withdrawn, and nothing was changed. Reason: ${reason}.`,
  superseded: (reason) => `Nothing was changed: ${reason}.`,
};
