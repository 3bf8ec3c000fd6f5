/** The name of a value of a generated enum; its first name for a value that this version does not know. */
export function enumName<Name extends string>(names: Readonly<Record<Name, number>>, value: number): Name {
  const entries = Object.entries(names) as [Name, number][];
  return (entries.find(([, number]) => number === value) ?? entries[0]!)[0];
}
