import type { createOutboxDoor } from "#/db/outbox-door.ts";
import type { BusinessCalendar } from "#/domain/business-time.ts";
import { CountersignError } from "#/domain/errors.ts";
import type { TenantId } from "#/domain/ids.ts";
import type { Member } from "#/domain/member.ts";
import type { Payload } from "#/domain/proposal.ts";
import { RecordRef } from "#/domain/record.ts";
import { openBlockers } from "#/monitor/open-blockers.ts";
import { carryOutStep } from "#/tools/act/carry-out-step.ts";
import { type PayloadPreview, payloadOf, previewAction } from "#/tools/act/catalogue.ts";
import { sightEffect } from "#/tools/act/sight-effect.ts";
import type { ActSystems, Connector } from "#/tools/ports.ts";
import { type ExplainNeeds, gatherFacts } from "#/workflows/explain-invoice.ts";
import { furtherBlockers } from "#/workflows/operations/twin-delay.ts";
import type { Store, Tenant } from "#/workflows/store.ts";
import { outboxMessenger } from "./messenger.ts";

type ActionParts = {
  readonly connector: Connector;
  readonly store: Store;
  readonly outbox: ReturnType<typeof createOutboxDoor>;
  readonly explaining: ExplainNeeds;
};

type PreviewRequest = {
  readonly tenant: Tenant;
  readonly action: string;
  readonly target: RecordRef;
  readonly note: string | null;
};

/** The catalogue over this firm's systems: previews for everybody, the one write for the spine alone. */
export function composeActions({ connector, store, outbox, explaining }: ActionParts) {
  const systems = (tenant: TenantId): ActSystems => ({
    ...connector.look,
    psaWriter: connector.write.psa,
    crmWriter: connector.write.crm,
    erpWriter: connector.write.erp,
    records: connector.records,
    messenger: outboxMessenger(outbox, tenant),
  });
  const preview = async (request: PreviewRequest) => {
    const { tenant } = request;
    const previewed = await previewAction(request, {
      look: connector.look,
      records: connector.records?.reader ?? null,
      calendar: tenant.calendar satisfies BusinessCalendar,
      openBlockers: async (invoiceId) => {
        const invoice = await connector.look.erp.getInvoice(invoiceId);
        if (!invoice) return ["the ERP has no such invoice"];
        const known = await explaining.twinDelay?.(tenant, invoiceId);
        return [
          ...openBlockers(await gatherFacts(tenant, invoice, explaining)),
          ...(known ? furtherBlockers(known) : []),
        ];
      },
    });
    const members = await store.members(tenant.id);
    return {
      payload: {
        ...payloadOf(previewed, {
          tenant: tenant.id,
          projectLead: leadOf(previewed, members),
        }),
        recipientInternal: previewed.recipientInternal && onlyColleagues(previewed, members),
      },
      evidence: previewed.evidence,
    };
  };
  return {
    preview,
    previewAgain: async (payload: Payload): Promise<Payload> => {
      const again = await preview({
        tenant: await store.tenant(payload.tenant),
        action: payload.action,
        target: RecordRef.parse(payload.target),
        note: noteOf(payload),
      });
      return again.payload;
    },
    sight: (payload: Payload, key: string) =>
      sightEffect(payload, { key, systems: systems(payload.tenant) }),
    act: (payload: Payload, { key, earlier }: { key: string; earlier: number }) =>
      carryOutStep(payload, { key, systems: systems(payload.tenant), attempted: earlier > 0 }),
  };
}

/** Segregation of duties is judged by who leads the project: unknown must not mean nobody. */
function leadOf(
  { action, tier, projectId, projectLeadEmail }: PayloadPreview,
  members: readonly Member[],
): Payload["projectLead"] {
  const lead = members.find((member) => member.email === projectLeadEmail?.toLowerCase());
  if (tier === 4 && projectId && !lead)
    throw new CountersignError("PRECONDITION_FAILED", {
      action,
      reason:
        "the project's lead is not a colleague in the directory, so nobody can be ruled out as approver",
    });
  return lead?.id ?? null;
}

/** A system of record can hold any address; whom the firm knows is for its own directory to say. */
const onlyColleagues = ({ arguments: list }: PayloadPreview, members: readonly Member[]): boolean =>
  list
    .filter(({ sink }) => sink === "recipient")
    .every(({ value }) =>
      members.some(({ active, email }) => active && email === String(value).toLowerCase()),
    );

const noteOf = (payload: Payload): string | null => {
  const note = payload.arguments.find((argument) => argument.name === "note")?.value;
  return typeof note === "string" ? note : null;
};
