/** Causes of slipping dates. */
export const slipCauses = {
  "SLP-1": "nobody was there to do the work",
  "SLP-2": "somebody the work depended on left",
  "SLP-3": "something the client owed came late",
  "SLP-4": "the client was slow to accept",
  "SLP-5": "what came before was late",
  "SLP-6": "the scope grew",
  "SLP-7": "the work takes more effort than was estimated",
  "SLP-8": "an environment or a technical problem blocked it",
  "SLP-9": "a third party was late",
  "SLP-10": "the contract was not signed when work was to start",
  "SLP-11": "work had to be done again",
  "SLP-12": "an approval took too long",
  "SLP-13": "the dates have passed and nobody has updated the plan",
} as const;
export type SlipCode = keyof typeof slipCauses;

/** Upstream first: where two hold the chain on one day, the day is the earlier one's. */
export const slipOrder: readonly SlipCode[] = [
  "SLP-10",
  "SLP-5",
  "SLP-12",
  "SLP-1",
  "SLP-2",
  "SLP-3",
  "SLP-9",
  "SLP-8",
  "SLP-11",
  "SLP-6",
  "SLP-7",
  "SLP-4",
  "SLP-13",
];
