/** What the product promises. A test that proves one names it; tests/requirements.test.ts counts them. */
export const promises = {
  P1: "No write without authority: no path leads from a model to a write.",
  P2: "What you approve is what executes: one canonical payload is shown, voted on and executed.",
  P3: "Re-checked at the moment of truth: expiry, hash, rights, duties, target and policy.",
  P4: "Exactly one effect, whatever is killed, repeated or lost; the run ends in a named state.",
  P5: "Every statement has evidence; what cannot be cited is not said.",
  P6: "Unknown is never green.",
  P7: "Tamper is seen.",
  P8: "Tenants never meet; the database enforces it.",
  P9: "It works with nothing: no key, no Slack, no database server.",
  P10: "Systems of record stay the record: amounts are quoted with source and time, never owned.",
} as const;
