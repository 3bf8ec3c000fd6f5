import { styleText } from "node:util";

type Format = Parameters<typeof styleText>[0];

/** Colours and marks for a terminal; plain text for anything else. */
export interface Style {
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly accent: (text: string) => string;
}

/** Follows NO_COLOR and FORCE_COLOR, and whether the stream is a terminal. */
export function createStyle(stream: NodeJS.WriteStream): Style {
  const paint = (format: Format) => (text: string) => styleText(format, text, { stream });
  return { dim: paint("dim"), bold: paint("bold"), good: paint("green"), bad: paint("red"), accent: paint("cyan") };
}
