import { expect, test } from "vitest";
import { TenantId } from "#/domain/ids.ts";
import { ProposalState } from "#/domain/proposal.ts";
import type { Receipt } from "#/domain/run.ts";
import { doneSentence, endedSentence } from "./outcome-sentence.ts";
import { samplePayload } from "./sample-rows.ts";

const payload = samplePayload(TenantId.parse("first"));
const receipt = (system: Receipt["record"]["system"], externalId: string): Receipt => ({
  record: { system, type: "any", id: externalId },
  externalId,
  url: null,
  observed: {},
  verifiedAt: "2026-11-23T10:00:00.000Z",
});
const effect = (field: string) => ({ record: payload.target, field, before: null, after: "x" });

test("what was done is said with the number the target gave it", () => {
  const target = { system: "crm" as const, type: "change-order", id: "CR-101-1" };
  const draft = { ...payload, target, effects: [effect("draft.subject"), effect("draft.body")] };
  expect(doneSentence(payload, receipt("erp", "MC-1048"))).toBe(
    "Invoice MC-1048 is issued in the ERP. Read back, and equal to what was approved.",
  );
  expect(doneSentence(draft, receipt("crm", "D-1"))).toBe(
    "The draft is with change order CR-101-1 in the CRM (draft D-1). Nothing was sent; a person sends it. Read back, and equal to what was approved.",
  );
  expect(doneSentence(draft, receipt("messenger", "message 9"))).toBe(
    "The message goes out in chat, once (message 9). Read back, and equal to what was approved.",
  );
  expect(doneSentence({ ...payload, effects: [effect("dueOn")] }, receipt("psa", "7"))).toBe(
    "The change is in the PSA (7). Read back, and equal to what was approved.",
  );
});

test("every end that is not done has its own words, and a state without an end has none", () => {
  const said = ProposalState.options.map((state) => [state, endedSentence(state, "the reason.")]);
  expect(Object.fromEntries(said)).toEqual({
    waiting: null,
    approved: null,
    executing: null,
    done: null,
    failed: "Nothing was written: the reason.",
    unknown: "Something may have been written, so a person must look: the reason.",
    expired: "Nobody decided in time: it was neither approved nor rejected. Nothing was changed.",
    rejected: "Nothing was changed. Reason: the reason.",
    withdrawn: "It was withdrawn, and nothing was changed. Reason: the reason.",
    superseded: "Nothing was changed: the reason.",
  });
  expect(endedSentence("expired", "approved, but too late")).toContain("It was approved");
});
