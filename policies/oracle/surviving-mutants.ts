/** Mutants that the lattice cannot tell from the rules, and why each is harmless. */
export const survivingMutants: Readonly<Record<string, string>> = {};
