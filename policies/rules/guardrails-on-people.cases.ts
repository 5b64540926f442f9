import {
  agent,
  type Case,
  contoso,
  human,
  lead,
  northwind,
  now,
  otherHash,
  person,
  vote,
} from "./case.ts";

/* Every guardrail about people, firing and just not firing, under a firm that permits everything. */

const anybody = ["T99-permit-everything"];
const fiona = human("fiona", ["FinanceManager"]);

export const guardrailPeopleCases: readonly Case[] = [
  {
    says: "a finance manager approves no rules, even where the firm permits it",
    ask: { vote: vote({ action: "P01", as: "administration", voter: fiona }) },
    expect: "deny",
    by: ["G26-administrators-only"],
  },
  {
    says: "an administrator approves rules",
    ask: {
      vote: vote({
        action: "P01",
        as: "administration",
        voter: human("ada", ["Administrator"]),
        project: null,
      }),
    },
    expect: "allow",
    by: anybody,
    spares: ["G26-administrators-only"],
  },
  {
    says: "an administrator who asked for other rules does not approve them",
    ask: {
      vote: vote({
        action: "P01",
        as: "administration",
        voter: human("ada", ["Administrator"]),
        requester: person("ada"),
      }),
    },
    expect: "deny",
    by: ["G03-requester-never-approves"],
  },
  {
    says: "a finance manager of another firm cannot vote",
    ask: { vote: vote({ voter: human("fiona", ["FinanceManager"], { tenant: contoso }) }) },
    expect: "deny",
    by: ["G01-tenant-isolation"],
  },
  {
    says: "an ordinary finance vote passes",
    ask: { vote: vote({ requester: person("rita"), amount: "25000.00" }) },
    expect: "allow",
    by: anybody,
    spares: [
      "G01-tenant-isolation",
      "G02-agent-never-approves",
      "G03-requester-never-approves",
      "G04-project-lead-never-approves-money",
      "G05-inactive-person",
      "G06-vote-expired",
      "G07-shown-is-voted",
      "G13-project-of-the-same-tenant",
      "G19-large-money-needs-second-factor",
      "G22-editor-never-approves",
      "G23-beneficiary-never-approves",
      "G24-moved-person-never-approves",
    ],
  },
  {
    says: "an agent cannot vote, even from a trusted channel",
    ask: { vote: vote({ voter: agent(), trusted: true }) },
    expect: "deny",
    by: ["G02-agent-never-approves"],
  },
  {
    says: "an agent may propose",
    ask: { right: { who: agent(), tenant: northwind, capability: "propose" } },
    expect: "allow",
    by: anybody,
    spares: ["G02-agent-never-approves", "G21-rights-end-at-the-tenant"],
  },
  {
    says: "who asked for it with one account cannot approve it with another",
    ask: {
      vote: vote({
        voter: human("fiona", ["FinanceManager"], { accounts: [person("fiona"), person("fi")] }),
        requester: person("fi"),
      }),
    },
    expect: "deny",
    by: ["G03-requester-never-approves"],
  },
  {
    says: "the project lead's other account is the project lead",
    ask: {
      vote: vote({
        voter: human("fiona", ["FinanceManager"], { accounts: [person("fiona"), lead] }),
      }),
    },
    expect: "deny",
    by: ["G04-project-lead-never-approves-money"],
  },
  {
    says: "who edited it cannot approve it",
    ask: { vote: vote({ editors: [person("otto"), person("fiona")] }) },
    expect: "deny",
    by: ["G22-editor-never-approves"],
  },
  {
    says: "whom it would favour cannot approve it",
    ask: { vote: vote({ beneficiaries: [person("fiona")] }) },
    expect: "deny",
    by: ["G23-beneficiary-never-approves"],
  },
  {
    says: "whom it would move to other work cannot approve it",
    ask: { vote: vote({ movedPeople: [person("fiona")], as: "delivery" }) },
    expect: "deny",
    by: ["G24-moved-person-never-approves"],
  },
  {
    says: "what others edited, gain by or are moved by, fiona may approve",
    ask: {
      vote: vote({
        editors: [person("otto")],
        beneficiaries: [person("otto")],
        movedPeople: [person("otto")],
      }),
    },
    expect: "allow",
    by: anybody,
    spares: ["G22-editor-never-approves"],
  },
  {
    says: "who asked for it cannot approve it",
    ask: { vote: vote({ requester: person("fiona") }) },
    expect: "deny",
    by: ["G03-requester-never-approves"],
  },
  {
    says: "who asked for it cannot give a delivery approval either",
    ask: { vote: vote({ action: "R16", as: "delivery", requester: person("fiona") }) },
    expect: "deny",
    by: ["G03-requester-never-approves"],
  },
  {
    says: "the project's lead cannot approve its invoice",
    ask: { vote: vote({ voter: human(lead, ["FinanceManager", "DeliveryLead"]) }) },
    expect: "deny",
    by: ["G04-project-lead-never-approves-money"],
  },
  {
    says: "the project's lead cannot approve a contract change on it",
    ask: {
      vote: vote({
        action: "standInContractChange",
        voter: human(lead, ["ContractOwner"]),
        as: "contract",
      }),
    },
    expect: "deny",
    by: ["G04-project-lead-never-approves-money"],
  },
  {
    says: "the project's lead may approve a draft to its client",
    ask: { vote: vote({ action: "R16", voter: human(lead, ["DeliveryLead"]), as: "delivery" }) },
    expect: "allow",
    by: anybody,
    spares: ["G04-project-lead-never-approves-money"],
  },
  {
    says: "a project without a lead, or no project, leaves no lead to exclude",
    ask: { vote: vote({ project: { id: "apollo", tenant: northwind, lead: null } }) },
    expect: "allow",
    by: anybody,
    spares: ["G04-project-lead-never-approves-money"],
  },
  {
    says: "a deactivated manager cannot vote",
    ask: { vote: vote({ voter: human("fiona", ["FinanceManager"], { active: false }) }) },
    expect: "deny",
    by: ["G05-inactive-person"],
  },
  {
    says: "a deactivated colleague cannot read",
    ask: {
      right: {
        who: human("fiona", ["FinanceManager"], { active: false }),
        tenant: northwind,
        capability: "read",
      },
    },
    expect: "deny",
    by: ["G05-inactive-person"],
  },
  {
    says: "a vote at the very moment of expiry is too late",
    ask: { vote: vote({ expiresAt: now }) },
    expect: "deny",
    by: ["G06-vote-expired"],
  },
  {
    says: "a vote one millisecond before expiry is in time",
    ask: { vote: vote({ expiresAt: "2026-11-23T10:00:00.001Z" }) },
    expect: "allow",
    by: anybody,
    spares: ["G06-vote-expired"],
  },
  {
    says: "a card that shows another payload cannot be voted on",
    ask: { vote: vote({ shownHash: otherHash }) },
    expect: "deny",
    by: ["G07-shown-is-voted"],
  },
  {
    says: "nor be voted on while it does",
    ask: { vote: vote({ project: { id: "zeus", tenant: contoso, lead: null } }) },
    expect: "deny",
    by: ["G13-project-of-the-same-tenant"],
  },
  {
    says: "above 25,000 a finance vote needs a second factor",
    ask: { vote: vote({ amount: "25000.01", voter: fiona }) },
    expect: "deny",
    by: ["G19-large-money-needs-second-factor"],
  },
  {
    says: "above 25,000 a finance vote with a second factor passes",
    ask: { vote: vote({ amount: "25000.01", voter: fiona, trusted: true }) },
    expect: "allow",
    by: anybody,
    spares: ["G19-large-money-needs-second-factor"],
  },
  {
    says: "P8: nobody reads in another firm",
    ask: {
      right: { who: fiona, tenant: contoso, capability: "read" },
    },
    expect: "deny",
    by: ["G21-rights-end-at-the-tenant"],
  },
  {
    says: "P8: no agent proposes in another firm",
    ask: { right: { who: agent(contoso), tenant: northwind, capability: "propose" } },
    expect: "deny",
    by: ["G21-rights-end-at-the-tenant"],
  },
];
