import { type Case, contoso, execute, now, otherHash } from "./case.ts";

/* Every guardrail about what runs, firing and just not firing, under a firm that permits everything. */

const anybody = ["T99-permit-everything"];

export const guardrailRunCases: readonly Case[] = [
  {
    says: "other rules come into force with two administrators",
    ask: { execute: execute({ action: "P01", votes: { administration: 2 } }) },
    expect: "allow",
    by: anybody,
    spares: ["G25-rules-need-two-administrators"],
  },
  {
    says: "one administrator changes no rules, whoever else agrees",
    ask: {
      execute: execute({
        action: "P01",
        votes: { administration: 1, finance: 2, contract: 1, delivery: 1 },
      }),
    },
    expect: "require",
    need: { administration: 2 },
    by: ["G25-rules-need-two-administrators"],
  },
  {
    says: "P2: votes for another payload stop the run",
    ask: { execute: execute({ votes: { finance: 1 }, approvedHash: otherHash }) },
    expect: "deny",
    by: ["G08-approved-is-executed"],
  },
  {
    says: "an approved release of an invoice runs",
    ask: { execute: execute({ votes: { finance: 1 } }) },
    expect: "allow",
    by: anybody,
    spares: [
      "G08-approved-is-executed",
      "G09-execution-expired",
      "G10-untrusted-sink",
      "G11-negative-amount",
      "G12-votes-need-a-hash",
      "G13-project-of-the-same-tenant",
      "G14-money-needs-a-human",
      "G16-free-text-needs-a-human",
    ],
  },
  {
    says: "nothing runs at or after its expiry",
    ask: { execute: execute({ votes: { finance: 1 }, expiresAt: now }) },
    expect: "deny",
    by: ["G09-execution-expired"],
  },
  ...(["destination", "amount", "recipient", "contractTerm"] as const).map(
    (sink): Case => ({
      says: `money whose ${sink} was taken from free text never runs, whatever the votes`,
      ask: { execute: execute({ votes: { finance: 2, delivery: 1 }, sinks: [sink] }) },
      expect: "deny",
      by: ["G10-untrusted-sink"],
    }),
  ),
  {
    says: "a contract term taken from free text never runs",
    ask: {
      execute: execute({
        action: "standInContractChange",
        votes: { contract: 1, delivery: 1 },
        sinks: ["contractTerm"],
      }),
    },
    expect: "deny",
    by: ["G10-untrusted-sink"],
  },
  {
    says: "words taken from free text run once a person has looked at them",
    ask: { execute: execute({ votes: { finance: 1, delivery: 1 }, sinks: ["text", "choice"] }) },
    expect: "allow",
    by: anybody,
    spares: ["G10-untrusted-sink", "G16-free-text-needs-a-human"],
  },
  {
    says: "a negative amount is malformed",
    ask: { execute: execute({ votes: { finance: 1 }, amount: "-0.01" }) },
    expect: "deny",
    by: ["G11-negative-amount"],
  },
  {
    says: "an amount of zero is fine",
    ask: { execute: execute({ votes: { finance: 1 }, amount: "0.00" }) },
    expect: "allow",
    by: anybody,
    spares: ["G11-negative-amount"],
  },
  {
    says: "votes that name no payload do not count",
    ask: { execute: execute({ votes: { finance: 1 }, approvedHash: "" }) },
    expect: "deny",
    by: ["G12-votes-need-a-hash"],
  },
  {
    says: "P8: a proposal cannot touch another firm's project",
    ask: {
      execute: execute({
        votes: { finance: 1 },
        project: { id: "zeus", tenant: contoso, lead: null },
      }),
    },
    expect: "deny",
    by: ["G13-project-of-the-same-tenant"],
  },
  {
    says: "P1: no financial write without a human",
    ask: { execute: execute({ amount: "900000.00" }) },
    expect: "require",
    need: { finance: 1 },
    by: ["G14-money-needs-a-human"],
  },
  {
    says: "a delivery vote is no finance vote",
    ask: { execute: execute({ votes: { delivery: 1 } }) },
    expect: "require",
    need: { finance: 1 },
    by: ["G14-money-needs-a-human"],
  },
  {
    says: "P1: no contract change without a human",
    ask: { execute: execute({ action: "standInContractChange" }) },
    expect: "require",
    need: { contract: 1 },
    by: ["G15-contract-needs-a-human"],
  },
  {
    says: "an approved contract change runs",
    ask: { execute: execute({ action: "standInContractChange", votes: { contract: 1 } }) },
    expect: "allow",
    by: anybody,
    spares: ["G15-contract-needs-a-human"],
  },
  {
    says: "a nudge worded from free text needs a person",
    ask: { execute: execute({ action: "R01", sinks: ["text"] }) },
    expect: "require",
    need: { delivery: 1 },
    by: ["G16-free-text-needs-a-human"],
  },
  {
    says: "money with an untrusted memo needs two kinds of approval",
    ask: { execute: execute({ sinks: ["text"] }) },
    expect: "require",
    need: { finance: 1, delivery: 1 },
    by: ["G14-money-needs-a-human", "G16-free-text-needs-a-human"],
  },
  {
    says: "an internal message never leaves the firm, whatever the votes",
    ask: { execute: execute({ action: "R01", internal: false, votes: { delivery: 1 } }) },
    expect: "deny",
    by: ["G17-messages-stay-inside"],
  },
  {
    says: "an internal message to a colleague runs by itself",
    ask: { execute: execute({ action: "R01" }) },
    expect: "allow",
    by: anybody,
    spares: ["G17-messages-stay-inside", "G16-free-text-needs-a-human"],
  },
  {
    says: "P1: contact with a client is never automatic",
    ask: { execute: execute({ action: "R16" }) },
    expect: "require",
    need: { delivery: 1 },
    by: ["G20-client-contact-needs-a-human"],
  },
  {
    says: "an approved draft to a client runs",
    ask: { execute: execute({ action: "R14", votes: { delivery: 1 } }) },
    expect: "allow",
    by: anybody,
    spares: ["G20-client-contact-needs-a-human"],
  },
];
