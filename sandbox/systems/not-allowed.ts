/** A change or a question that the rules of a system do not allow. Nothing was changed. */
export class NotAllowed extends Error {
  override name = "NotAllowed";
  readonly status: 404 | 409 | 410 | 412 | 422;
  readonly code: string;
  constructor(status: NotAllowed["status"], code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The record with that id, or NotAllowed 404. */
export function recordIn<T extends { id: string }>(records: readonly T[], id: string): T {
  const found = records.find((record) => record.id === id);
  if (!found) throw new NotAllowed(404, "record_not_found", "There is no such record.");
  return found;
}
