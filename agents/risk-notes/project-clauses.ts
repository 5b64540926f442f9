import type { Clause } from "./clauses.ts";

type Projects = { readonly project?: string; readonly otherProjects?: readonly string[] };

/**
 * The clauses that speak of the project: those after a heading with another project's name ("Heron: ") are
 * left out, up to the next heading. A name in the middle of a clause is no heading.
 */
export function clausesAbout(
  clauses: readonly Clause[],
  { project, otherProjects = [] }: Projects,
): Clause[] {
  if (project === undefined || otherProjects.length === 0) return [...clauses];
  const names = [project, ...otherProjects];
  let about = project;
  return clauses.filter(({ text }) => {
    about = names.find((name) => isHeading(text, name)) ?? about;
    return about === project;
  });
}

const isHeading = (text: string, name: string): boolean => {
  const start = text.replace(/^(?:on|for|re)\s+/iu, "");
  const rest = start.slice(name.length);
  return (
    start.slice(0, name.length).toLowerCase() === name.toLowerCase() && /^\s*[:–-]/u.test(rest)
  );
};
