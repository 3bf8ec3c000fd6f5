/** What is to be said of one thing, as two columns; what is `undefined` is left out. */
export function formatFacts(facts: readonly (readonly [name: string, value: string | undefined])[]): string {
  const told = facts.filter((fact): fact is readonly [string, string] => fact[1] !== undefined);
  const width = Math.max(0, ...told.map(([name]) => name.length));
  return told.map(([name, value]) => `  ${name.padEnd(width)}   ${value}`).join("\n");
}
