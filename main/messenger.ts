import type { createOutboxDoor } from "#/db/outbox-door.ts";
import type { TenantId } from "#/domain/ids.ts";
import type { Messenger } from "#/tools/ports.ts";

/** Internal messages go out through the outbox: durable, once per key, sent by the Slack door. */
export const outboxMessenger = (
  outbox: Pick<ReturnType<typeof createOutboxDoor>, "directMessage">,
  tenant: TenantId,
): Messenger => ({
  sendToColleague: async ({ key, email, text }) => {
    const place = await outbox.directMessage(tenant, { key, email, text });
    return {
      record: { system: "messenger", type: "direct-message", id: String(place) },
      // Goes into the audit, so it names the message and not the person.
      externalId: `message ${place}`,
      url: null,
      observed: { email, text },
      verifiedAt: new Date().toISOString(),
    };
  },
});
