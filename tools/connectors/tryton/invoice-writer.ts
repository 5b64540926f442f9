import { z } from "zod";
import { EffectMissing, isRefused, Refused } from "#/domain/run.ts";
import type { ErpWriter } from "#/tools/ports.ts";
import { invoiceRevision, linesOf, TrytonInvoiceState } from "./erp-reader.ts";
import { invoiceLineView } from "./invoice-links.ts";
import { numericId, type Reading } from "./reading.ts";
import type { View } from "./tryton-client.ts";
import { isTrytonFault } from "./tryton-fault.ts";
import { pressButton } from "./write-operations.ts";

const Present = z.object({
  id: z.int(),
  state: TrytonInvoiceState,
  number: z.string().nullable(),
  move: z.int().nullable(),
  timestamp: z.string(),
});
type Present = z.infer<typeof Present>;
const presentView: View<Present> = {
  model: "account.invoice",
  fields: ["state", "number", "move", "_timestamp"],
  schema: Present,
};

/**
 * Tryton numbers invoices under a lock that does not wait, so two invoices issued in the same
 * moment lock each other out. Nothing was written then; a few tries are safe and usually enough.
 */
const lockTries = 5;
const lockWaitMilliseconds = 120;

/** Issues by pressing `post`: state, number and ledger entry in one transaction of the server. */
export function createErpWriter(reading: Reading): ErpWriter {
  const { client } = reading;

  async function present(id: number): Promise<Present> {
    const [found] = await client.read(presentView, [
      ["id", "=", id],
      ["type", "=", "out"],
    ]);
    if (found === undefined) throw new Refused("invalid", "Tryton has no such customer invoice.");
    return found;
  }

  return {
    async issueInvoice({ invoiceId, revision }) {
      const id = numericId(invoiceId);
      if (id === null) throw new Refused("invalid", "Tryton has no such customer invoice.");
      for (let attempt = 1; ; attempt++) {
        const before = await present(id);
        if (isIssued(before)) return;
        if (before.state === "cancelled")
          throw new Refused("invalid", "The invoice is cancelled in Tryton.");
        const lines = await client.read(invoiceLineView, linesOf([id]));
        if (revision !== null && revision !== invoiceRevision(before.timestamp, lines))
          throw new Refused("conflict", "The invoice was changed in Tryton after it was approved.");
        try {
          await pressButton(client, "issueInvoice", {
            model: "account.invoice",
            id,
            timestamp: before.timestamp,
          });
          break;
        } catch (error) {
          if (!isRefused(error) || error.code !== "conflict") throw error;
          // Somebody was faster. If that was the same press, the invoice is issued and all is well.
          if (isIssued(await present(id))) return;
          if (!isLocked(error) || attempt === lockTries) throw error;
          await pause(attempt * lockWaitMilliseconds * (0.5 + Math.random()));
        }
      }
      const after = await present(id);
      if (!isIssued(after))
        throw new EffectMissing(
          "Tryton took the press, and the invoice is not issued. Perhaps its own rule asks for a second person.",
        );
    },
  };
}

/** With a ledger entry: a state that somebody wrote by hand has none, and is not issued. */
const isIssued = ({ state, number, move }: Present): boolean =>
  (state === "posted" || state === "paid") && number !== null && move !== null;

const isLocked = (error: Refused): boolean =>
  isTrytonFault(error.cause) && error.cause.kind === "locked";

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
