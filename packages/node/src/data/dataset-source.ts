import { CyxwizError } from "@cyxwiz/errors";
import { shownUri } from "./shown-uri.ts";

/** Where a job's data comes from. */
export type DatasetOrigin =
  /** It came with the job. */
  | { readonly kind: "sent"; readonly bytes: Uint8Array }
  /** The node fetches it. */
  | { readonly kind: "http"; readonly url: URL }
  /** The engine gives it on request. */
  | { readonly kind: "remote" }
  /** The node has it of an earlier job. */
  | { readonly kind: "kept"; readonly path: string };

/** What a client says of its job's data. */
export interface NamedData {
  readonly initialDataset: Uint8Array;
  /** Of this call. */
  readonly datasetUri: string;
  /** In the agreed config. */
  readonly agreedUri: string;
  /** Hex; empty where none was agreed. */
  readonly agreedSha256: string;
}

/**
 * Where the data of a job is to come from. Bytes that came with the job are its data, whatever URI they are said to be from;
 * an agreed URI goes before that of the call.
 *
 * @throws CyxwizError `INVALID_FIELD` for no data at all; `DATA_URI_REFUSED` for a URI that this node does not read
 */
export function originOf(named: NamedData): DatasetOrigin {
  const { initialDataset: bytes, agreedSha256 } = named;
  if (bytes.length > 0) return { kind: "sent", bytes };
  const uri = named.agreedUri || named.datasetUri;
  if (uri === "") {
    const problem = "the data set is missing: send its bytes, or name it by dataset_uri";
    throw new CyxwizError("INVALID_FIELD", { field: "initial_dataset", problem });
  }
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(uri)?.[1]?.toLowerCase();
  switch (scheme) {
    case "remote":
      return { kind: "remote" };
    case "http":
    case "https":
      if (agreedSha256 === "") throw refused(uri, "data by URI needs a hash: agree on dataset_sha256.");
      return { kind: "http", url: parseHttpUrl(uri) };
    case "file":
      throw refused(uri, "files are read by the engine, and sent or streamed; a node reads none of its own.");
    default:
      throw refused(uri, "only http, https and remote URIs are known.");
  }
}

/** Throws `DATA_URI_REFUSED`. */
export function parseHttpUrl(uri: string, base?: URL): URL {
  const url = URL.parse(uri, base);
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:")) throw refused(uri, "it is no http(s) URL.");
  if (url.username !== "" || url.password !== "") throw refused(uri, "URLs with credentials are not taken.");
  return url;
}

function refused(uri: string, problem: string): CyxwizError {
  return new CyxwizError("DATA_URI_REFUSED", { uri: shownUri(uri), problem });
}
