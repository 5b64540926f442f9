import { z } from "zod";

/** ASCII only: the audit hash counts its characters, and every engine must count the same. */
export const TenantId = z
  .string()
  .regex(/^[a-z0-9-]{1,63}$/, "a tenant id is 1-63 of a-z, 0-9 and -")
  .brand<"TenantId">();
export type TenantId = z.infer<typeof TenantId>;

/** A member of the firm in our own directory: the human who asks, votes and is accountable. */
export const PersonId = z.string().min(1).max(64).brand<"PersonId">();
export type PersonId = z.infer<typeof PersonId>;

export const ProposalId = z
  .string()
  .regex(/^P-[0-9A-Z]{6,26}$/, "a proposal id looks like P-7K3M2Q")
  .brand<"ProposalId">();
export type ProposalId = z.infer<typeof ProposalId>;

export const ExceptionId = z
  .string()
  .regex(/^X-[0-9A-Z]{6,26}$/, "an exception id looks like X-7K3M2Q")
  .brand<"ExceptionId">();
export type ExceptionId = z.infer<typeof ExceptionId>;

export const EvidenceId = z
  .string()
  .regex(/^ev_[0-9a-f]{16}$/, "an evidence id looks like ev_ and 16 hex digits")
  .brand<"EvidenceId">();
export type EvidenceId = z.infer<typeof EvidenceId>;

/** Lower-case sha256 of canonical JSON. */
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, "expected a sha256 in hex");
export type Sha256 = z.infer<typeof Sha256>;

/** A civil date, `2026-11-23`. */
export const CivilDate = z.iso.date();
/** An instant in UTC, `2026-11-23T10:00:00.000Z`. */
export const Instant = z.iso.datetime();
