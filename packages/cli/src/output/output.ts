import { currentHost } from "../process/host.ts";
import { toJson } from "./to-json.ts";

/** Where a command tells what it has to tell: lines for a person, or JSON objects, one a line, for a script. */
export interface Output {
  readonly json: boolean;
  /** `text` for a person; the object, with `event`, for a script. */
  tell(text: string, event: OutputEvent): void;
  /** For a script alone; a person hears nothing, or hears it in another way. */
  event(event: OutputEvent): void;
}

/** What a script gets, as one line of JSON. */
export interface OutputEvent {
  readonly event: string;
  readonly [key: string]: unknown;
}

export function createOutput(options: { json: boolean }): Output {
  const host = currentHost();
  const write = (line: string) => (host ? host.write(line) : process.stdout.write(line));
  return {
    json: options.json,
    tell(text, event) {
      write(`${options.json ? toJson(event) : text}\n`);
    },
    event(event) {
      if (options.json) write(`${toJson(event)}\n`);
    },
  };
}
