import { readFile } from "node:fs/promises";

/** A line of a shell block in the documentation. */
export interface DocumentedLine {
  /** What stands behind `npx cyxwiz`, in words; absent for a remark of its own. */
  readonly args?: readonly string[];
  /** What stands behind `#`. */
  readonly remark: string;
}

/** The `cyxwiz` commands in the shell blocks of a Markdown file, or of the part of it under one heading. */
export async function documentedCommands(file: URL, heading?: string): Promise<DocumentedLine[]> {
  const text = await readFile(file, "utf8");
  const part = heading === undefined ? text : (text.split(`${heading}\n`)[1]?.split(/^#{1,3} /m)[0] ?? "");
  const blocks = [...part.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block = ""]) => block);
  const lines = blocks.flatMap((block) =>
    block
      .replace(/\\\n\s*/g, "")
      .trim()
      .split("\n"),
  );
  return lines.map((line) => {
    const [code = "", remark = ""] = line.split("#");
    const args = code.trim().split(/\s+/);
    return { remark: remark.trim(), ...(code.trim().startsWith("npx cyxwiz ") && { args: args.slice(2) }) };
  });
}
