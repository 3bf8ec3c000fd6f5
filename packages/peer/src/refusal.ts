import { create } from "@bufbuild/protobuf";
import { CyxwizError } from "@cyxwiz/errors";
import { ErrorSchema, fromWireError } from "@cyxwiz/protocol";

/** Why a node refuses a file: its own error, which it sends as JSON, or else what it answered. */
export function refusal(url: string, status: number, text: string): CyxwizError {
  const answer = `GET ${url}: HTTP ${status} ${text}`;
  return ownError(text) ?? new CyxwizError("REMOTE", { number: 0, message: answer });
}

function ownError(text: string): CyxwizError | undefined {
  try {
    const { code, number, message, context } = JSON.parse(text);
    const details = JSON.stringify({ name: code, context });
    return fromWireError(create(ErrorSchema, { code: number, message, details }));
  } catch {
    return undefined;
  }
}
