import { errorCatalogue } from "#/domain/errors.ts";

/** docs/errors.md, made from the catalogue. `node scripts/write-error-catalogue.ts` writes it. */
export function errorCatalogueText(): string {
  const rows = Object.entries(errorCatalogue)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([code, { blame, fix }]) => `| ${code} | ${blame} | ${fix.replaceAll("\n", " ")} |`);
  return `# Errors

Every error that Countersign raises on purpose. *Blame* decides what happens: the user is told, the operator is
alerted, upstream is retried, a bug is reported. Made from \`domain/errors.ts\` by \`npm run fix\`.

| code | blame | what it says, and what to do |
|---|---|---|
${rows.join("\n")}
`;
}
