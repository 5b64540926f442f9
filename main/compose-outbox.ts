import type { createCaseStore } from "#/db/case-store.ts";
import type { createOutboxDoor } from "#/db/outbox-door.ts";
import type { createStore } from "#/db/store.ts";
import type { TenantId } from "#/domain/ids.ts";
import { type ProposalViewNeeds, proposalView } from "#/workflows/create-services.ts";
import type { CaseView, ClaimedItem, Outbox } from "#/workflows/services.ts";

type OutboxParts = {
  /** Whose messages this process sends: its chat is one firm's. */
  readonly tenant: TenantId;
  readonly door: ReturnType<typeof createOutboxDoor>;
  readonly store: ReturnType<typeof createStore>;
  readonly cases: ReturnType<typeof createCaseStore>;
  readonly viewing: ProposalViewNeeds;
};

/** What the Slack poster needs: the queue, and what each message is about, from the database. */
export const composeOutbox = ({
  tenant: ours,
  door,
  store,
  cases,
  viewing,
}: OutboxParts): Outbox => ({
  ...door,
  // The database keeps an item as the JSON it was given; only this house puts items there.
  claim: async (limit) => (await door.claim(limit, ours)) as unknown as ClaimedItem[],
  proposalView: (tenant, id, version) => proposalView(tenant, { id, version }, viewing),
  exceptionView: async (tenant, id) => {
    const exception = await store.exception(tenant, id);
    if (!exception) throw new Error(`exception ${id} is gone`);
    const { delay, explanation, auditAnchor } = exception;
    const proposals = await store.proposals(tenant, { exceptionId: id });
    return { exception, delay, explanation, auditAnchor, proposals };
  },
  caseViews: async (tenant, ids) => {
    const views: CaseView[] = [];
    for (const id of ids) {
      const found = await cases.caseById(tenant, id);
      if (!found) continue;
      const { state, finding, auditAnchor } = found;
      const proposals = await store.proposals(tenant, { exceptionId: id });
      views.push({ id, state, finding, proposals, auditAnchor });
    }
    return views;
  },
  answerView: (tenant, answer) => store.answer(tenant, answer),
});
