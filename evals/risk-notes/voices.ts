/** Twelve colleagues, each with a way to begin and to end. */
export const voices: readonly (readonly [opening: string, closing: string])[] = [
  ["", ""],
  ["Morning, ", ""],
  ["Hi both, ", ". Thanks"],
  ["Update from the floor: ", "."],
  ["tl;dr ", ""],
  ["Dear team, ", ". Best, M."],
  ["Notes to self: ", ""],
  ["ok so ", " …"],
  ["Weekly. ", "."],
  ["For the file: ", "."],
  ["heads-up, ", " (more tomorrow)"],
  ["After the call: ", ". Shout if unclear"],
];

/** How sentences are strung together where they are written. */
export const registers = [
  { name: "chat", between: "; ", small: true },
  { name: "mail", between: ". ", small: false },
  { name: "minutes", between: "\n- ", small: false },
  { name: "log", between: " | ", small: true },
] as const;

export const slots = {
  name: ["Jonas", "Amira", "Piet", "Sofia", "Ravi", "Lena"],
  name2: ["Tom", "Ines", "Kofi", "Marta"],
  client: ["Ms Duval", "Henrik", "Mr Osei", "Carla", "their PMO"],
  part: [
    "the order form",
    "the stock report",
    "the data load",
    "the price screen",
    "the pilot",
    "the handbook",
    "wave two",
  ],
  day: ["3rd", "9th", "14th", "22nd", "28th"],
  number: ["2", "3", "4", "6", "8"],
} as const;

export const projects = ["Heron", "Juniper", "Lantern", "Quarry"] as const;
