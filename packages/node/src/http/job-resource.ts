import type { ServerResponse } from "node:http";
import { CyxwizError, type GrpcStatus, isCyxwizError } from "@cyxwiz/errors";
import type { HttpRequest, HttpResponse } from "@cyxwiz/protocol";
import { type Content, serveContent } from "./serve-content.ts";

/** Something of a job that can be fetched. */
export type JobResource =
  | { readonly kind: "weights" | "proof" | "dataset"; readonly jobId: string }
  | { readonly kind: "state"; readonly jobId: string; readonly epoch: number };

const PATH = /^\/jobs\/([^/?]+)\/(?:(weights|proof|dataset)|states\/(\d{1,9}))(?:\?.*)?$/;
const STATUS: Partial<Record<GrpcStatus, number>> = {
  INVALID_ARGUMENT: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  FAILED_PRECONDITION: 409,
  UNAVAILABLE: 503,
};

/**
 * Answers `GET` and `HEAD` of `/jobs/<id>/weights`, `/proof`, `/dataset` and `/states/<epoch>`; false for any other
 * path.
 *
 * @param find gives the content to whoever may have it; its errors become HTTP statuses, with code, number, message and
 *   context as JSON.
 */
export function serveJobResource(
  request: HttpRequest,
  response: HttpResponse,
  find: (resource: JobResource, authorization: string | undefined) => Content | Promise<Content>,
): boolean {
  const resource = parsePath(request.url ?? "");
  if (!resource) return false;
  const answer = response as ServerResponse;
  if (request.method !== "GET" && request.method !== "HEAD") {
    answer.writeHead(405, { allow: "GET, HEAD" }).end();
    return true;
  }
  void (async () => {
    try {
      serveContent(request, response, await find(resource, request.headers.authorization));
    } catch (error) {
      refuse(answer, error);
    }
  })();
  return true;
}

function parsePath(url: string): JobResource | undefined {
  const [, jobId, kind, epoch] = PATH.exec(url) ?? [];
  if (jobId === undefined) return undefined;
  if (epoch !== undefined) return { kind: "state", jobId, epoch: Number(epoch) };
  return { kind: kind as "weights" | "proof" | "dataset", jobId };
}

function refuse(answer: ServerResponse, error: unknown): void {
  const known = isCyxwizError(error) ? error : new CyxwizError("INTERNAL", { what: "serving a job's files" });
  const status = STATUS[known.status] ?? 500;
  const { code, number, message, context } = known;
  const challenge = status === 401 ? { "www-authenticate": "Bearer" } : {};
  answer.writeHead(status, { "content-type": "application/json", ...challenge });
  answer.end(JSON.stringify({ code, number, message, context }));
}
