import { agent, type Case, execute, human, lead, northwind, vote } from "./case.ts";

const runs = ["T01-agent-may-run-the-catalogue"];
const nobody = ["F06-no-rule-allows"];
const right = (who: ReturnType<typeof agent>, capability: "read" | "propose") => ({
  right: { who, tenant: northwind, capability },
});

export const tenantDefaultCases: readonly Case[] = [
  {
    says: "R01: the fifth nudge of a day goes out by itself",
    ask: { execute: execute({ action: "R01", sent: 4 }) },
    expect: "allow",
    by: runs,
    spares: ["T02-message-rate"],
  },
  {
    says: "R01: the sixth nudge of a day needs a delivery approval",
    ask: { execute: execute({ action: "R01", sent: 5 }) },
    expect: "require",
    need: { delivery: 1 },
    by: ["T02-message-rate"],
  },
  {
    says: "R01: with that approval it goes out",
    ask: { execute: execute({ action: "R01", sent: 5, votes: { delivery: 1 } }) },
    expect: "allow",
    by: runs,
    spares: ["T02-message-rate"],
  },
  {
    says: "R08: 25,000.00 needs one finance approval",
    ask: { execute: execute({ amount: "25000.00" }) },
    expect: "require",
    need: { finance: 1 },
    by: ["G14-money-needs-a-human"],
    spares: ["T03-large-money-needs-two"],
  },
  {
    says: "R08: 25,000.01 needs two",
    ask: { execute: execute({ amount: "25000.01" }) },
    expect: "require",
    need: { finance: 2 },
    by: ["G14-money-needs-a-human", "T03-large-money-needs-two"],
  },
  {
    says: "R08: above 25,000 one approval is not enough",
    ask: { execute: execute({ amount: "48200.00", votes: { finance: 1 } }) },
    expect: "require",
    need: { finance: 2 },
    by: ["T03-large-money-needs-two"],
  },
  {
    says: "R08: above 25,000 two approvals are enough",
    ask: { execute: execute({ amount: "48200.00", votes: { finance: 2 } }) },
    expect: "allow",
    by: runs,
    spares: ["T03-large-money-needs-two"],
  },
  {
    says: "R14: a draft to a client needs one delivery approval",
    ask: { execute: execute({ action: "R14" }) },
    expect: "require",
    need: { delivery: 1 },
    by: ["G20-client-contact-needs-a-human"],
  },
  {
    says: "R16: a worded draft to a client needs one delivery approval, not two",
    ask: { execute: execute({ action: "R16", sinks: ["text"] }) },
    expect: "require",
    need: { delivery: 1 },
    by: ["G16-free-text-needs-a-human", "G20-client-contact-needs-a-human"],
  },
  {
    says: "R16: with a delivery approval it is drafted",
    ask: { execute: execute({ action: "R16", sinks: ["text"], votes: { delivery: 1 } }) },
    expect: "allow",
    by: runs,
  },
  {
    says: "an internal record changes only after a person agreed",
    ask: { execute: execute({ action: "standInRecordChange" }) },
    expect: "require",
    need: { delivery: 1 },
    by: ["T04-record-change-needs-a-person"],
  },
  {
    says: "an approved change to an internal record runs",
    ask: { execute: execute({ action: "standInRecordChange", votes: { delivery: 1 } }) },
    expect: "allow",
    by: runs,
    spares: ["T04-record-change-needs-a-person"],
  },
  {
    says: "an agent's permission to run is none to approve",
    ask: { vote: vote({ voter: agent() }) },
    expect: "deny",
    by: ["G02-agent-never-approves"],
    spares: ["T01-agent-may-run-the-catalogue"],
  },
  {
    says: "a finance manager approves money",
    ask: { vote: vote() },
    expect: "allow",
    by: ["T10-finance-managers-approve-money"],
  },
  {
    says: "a delivery lead of another project does not approve money",
    ask: { vote: vote({ voter: human("dora", ["DeliveryLead", "Administrator", "Auditor"]) }) },
    expect: "deny",
    by: nobody,
    spares: ["T10-finance-managers-approve-money", "T12-delivery-leads-approve-delivery"],
  },
  {
    says: "a contract owner approves a contract change",
    ask: {
      vote: vote({
        action: "standInContractChange",
        as: "contract",
        voter: human("carl", ["ContractOwner"]),
      }),
    },
    expect: "allow",
    by: ["T11-contract-owners-approve-contracts"],
  },
  {
    says: "a finance manager does not approve a contract change",
    ask: { vote: vote({ action: "standInContractChange", as: "contract" }) },
    expect: "deny",
    by: nobody,
    spares: ["T11-contract-owners-approve-contracts", "T10-finance-managers-approve-money"],
  },
  {
    says: "a delivery lead approves a draft on an own project",
    ask: { vote: vote({ action: "R16", as: "delivery", voter: human(lead, ["DeliveryLead"]) }) },
    expect: "allow",
    by: ["T12-delivery-leads-approve-delivery"],
  },
  {
    says: "who asked for a draft cannot approve it, lead or not",
    ask: {
      vote: vote({
        action: "R16",
        as: "delivery",
        voter: human(lead, ["DeliveryLead"]),
        requester: lead,
      }),
    },
    expect: "deny",
    by: ["G03-requester-never-approves"],
  },
  {
    says: "a consultant approves nothing",
    ask: { vote: vote({ action: "R16", as: "delivery", voter: human("cleo", ["Consultant"]) }) },
    expect: "deny",
    by: nobody,
    spares: ["T12-delivery-leads-approve-delivery"],
  },
  {
    says: "an administrator approves a change of the rules",
    ask: {
      vote: vote({ action: "P01", as: "administration", voter: human("ada", ["Administrator"]) }),
    },
    expect: "allow",
    by: ["T06-administrators-approve-rules"],
  },
  {
    says: "an administrator approves no money",
    ask: { vote: vote({ voter: human("ada", ["Administrator"]) }) },
    expect: "deny",
    by: nobody,
    spares: ["T06-administrators-approve-rules"],
  },
  {
    says: "an auditor reads",
    ask: right(human("anna", ["Auditor"]), "read"),
    expect: "allow",
    by: ["T20-everybody-reads"],
  },
  {
    says: "an auditor does not propose",
    ask: right(human("anna", ["Auditor", "Administrator"]), "propose"),
    expect: "deny",
    by: nobody,
    spares: ["T20-everybody-reads", "T21-agents-propose", "T22-project-roles-propose"],
  },
  {
    says: "an agent proposes",
    ask: right(agent(), "propose"),
    expect: "allow",
    by: ["T21-agents-propose"],
    spares: ["T22-project-roles-propose"],
  },
  ...(["DeliveryLead", "FinanceManager", "ContractOwner", "Consultant"] as const).map(
    (role): Case => ({
      says: `a ${role} proposes`,
      ask: right(human("p", [role]), "propose"),
      expect: "allow",
      by: ["T22-project-roles-propose"],
      spares: ["T21-agents-propose"],
    }),
  ),
];
