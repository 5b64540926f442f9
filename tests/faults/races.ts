import type { EditOutcome, VoteOutcome, WithdrawOutcome } from "#/domain/approval.ts";
import type { Proposal } from "#/domain/proposal.ts";
import type { CastVote } from "#/workflows/services.ts";
import { pause } from "./seeded.ts";

/** What one of those who meet is told. */
export type Told = VoteOutcome | EditOutcome | WithdrawOutcome;

/** One proposal in which several hands meet. */
export type Voting = {
  cast: (person: string, change?: Partial<CastVote>) => Promise<VoteOutcome>;
  /** By an administrator: other words for the note. */
  edit: () => Promise<EditOutcome>;
  /** By an administrator. */
  withdraw: () => Promise<WithdrawOutcome>;
  expire: () => Promise<boolean>;
  proposal: Proposal;
};

export type Race = {
  readonly name: string;
  /** 18,600: one finance vote. 30,000: two different people, each with a one-time code. */
  readonly large: boolean;
  readonly secondsToLive?: number;
  readonly run: (voting: Voting, jitter: (widest?: number) => Promise<void>) => Promise<Told[]>;
  /** What everybody is told, sorted; any of these. */
  readonly told: readonly string[];
  /** How it stands afterwards. */
  readonly states: readonly string[];
  /** People whose approval is on record. */
  readonly votes: (state: string) => number;
};

const expiryMs = 150;
const reject = { verdict: "reject", reason: "wrong amount" } as const;

export const races: readonly Race[] = [
  {
    name: "two approvers, one needed",
    large: false,
    run: ({ cast }, jitter) =>
      Promise.all(
        ["fiona", "felix"].map(async (person) => {
          await jitter();
          return cast(person);
        }),
      ),
    told: ["closed approved + decided approved"],
    states: ["approved"],
    votes: () => 1,
  },
  {
    name: "three approvers, two needed",
    large: true,
    run: ({ cast }, jitter) =>
      Promise.all(
        ["fiona", "felix", "farah"].map(async (person) => {
          await jitter();
          return cast(person);
        }),
      ),
    told: ["closed approved + counted 1 + decided approved"],
    states: ["approved"],
    votes: () => 2,
  },
  {
    name: "one approver twice, two needed",
    large: true,
    run: ({ cast }, jitter) =>
      Promise.all(
        ["fiona", "fiona"].map(async (person) => {
          await jitter();
          return cast(person);
        }),
      ),
    told: ["already-voted 1 + counted 1"],
    states: ["waiting"],
    votes: () => 1,
  },
  {
    name: "the same vote through two doors",
    large: false,
    run: ({ cast }, jitter) =>
      Promise.all(
        (["slack", "terminal"] as const).map(async (channel) => {
          await jitter();
          return cast("fiona", { channel });
        }),
      ),
    told: ["closed approved + decided approved"],
    states: ["approved"],
    votes: () => 1,
  },
  {
    name: "approve against reject",
    large: false,
    run: ({ cast }, jitter) =>
      Promise.all([jitter().then(() => cast("fiona")), jitter().then(() => cast("felix", reject))]),
    told: ["closed approved + decided approved", "closed rejected + decided rejected"],
    states: ["approved", "rejected"],
    votes: () => 1,
  },
  {
    name: "approve against expire",
    large: false,
    secondsToLive: expiryMs / 1000,
    run: async ({ cast, expire, proposal }, jitter) => {
      const clock = async (): Promise<void> => {
        while (!(await expire()) && Date.now() < Date.parse(proposal.expiresAt) + 2_000)
          await pause(1);
      };
      const press = async (): Promise<VoteOutcome> => {
        await pause(Math.max(0, Date.parse(proposal.expiresAt) - Date.now() - 40));
        await jitter(60);
        return cast("fiona");
      };
      const [outcome] = await Promise.all([press(), clock()]);
      return [outcome];
    },
    told: ["decided approved", "closed expired"],
    // Approved in time and not begun in time expires too: nothing runs after the window.
    states: ["expired"],
    votes: (told) => (told.startsWith("decided") ? 1 : 0),
  },
  {
    name: "approve against edit",
    large: false,
    // An edit reads the directory and the source before it takes the lock, so the press comes later.
    run: ({ cast, edit }, jitter) => Promise.all([jitter(400).then(() => cast("fiona")), edit()]),
    told: ["closed approved + decided approved", "closed superseded + edited 2"],
    states: ["approved", "superseded"],
    votes: (told) => (told.includes("decided") ? 1 : 0),
  },
  {
    name: "approve against withdraw",
    large: false,
    run: ({ cast, withdraw }, jitter) =>
      Promise.all([jitter().then(() => cast("fiona")), jitter().then(() => withdraw())]),
    // What was approved and has not begun may still be withdrawn: then both are told the truth.
    told: ["decided approved + withdrawn", "closed withdrawn + withdrawn"],
    states: ["withdrawn"],
    votes: (told) => (told.includes("decided") ? 1 : 0),
  },
];
