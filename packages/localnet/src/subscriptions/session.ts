import { z } from "zod";
import { stringifyJson } from "../rpc/json.ts";
import type { Localhost } from "../rpc/localhost.ts";
import { checkParams } from "../rpc/method.ts";
import { invalidParams, methodNotFound } from "../rpc/rpc-error.ts";
import { SUBSCRIPTIONS } from "./subscription-table.ts";

const subscriptionId = z.tuple([z.number().int().nonnegative()]);
let lastId = 0;

/** The subscriptions of one connection. */
export class Session {
  readonly #host: Localhost;
  readonly #send: (text: string) => void;
  readonly #stops = new Map<number, () => void>();
  // What a subscription says before its client has been told its number.
  #early: string[] = [];

  constructor(host: Localhost, send: (text: string) => void) {
    this.#host = host;
    this.#send = send;
  }

  /** Answers `…Subscribe` and `…Unsubscribe`. */
  call(method: string, params: unknown): number | boolean {
    const [, name = "", verb] = /^(.+?)(Subscribe|Unsubscribe)$/.exec(method) ?? [];
    if (!Object.hasOwn(SUBSCRIPTIONS, name)) throw methodNotFound();
    return verb === "Subscribe" ? this.#subscribe(name, params) : this.#unsubscribe(params);
  }

  /** Sends an answer, and after it what its subscription had to say at once. */
  answered(text: string | undefined): void {
    if (text !== undefined) this.#send(text);
    const early = this.#early;
    this.#early = [];
    for (const notification of early) this.#send(notification);
  }

  close(): void {
    for (const stop of this.#stops.values()) stop();
    this.#stops.clear();
  }

  #subscribe(name: string, params: unknown): number {
    const { notification, open } = SUBSCRIPTIONS[name]!;
    lastId += 1;
    const id = lastId;
    let isEarly = true;
    let isOver = false;
    const notify = (result: unknown) => {
      if (isOver) return;
      const text = stringifyJson({ jsonrpc: "2.0", method: notification, params: { result, subscription: id } });
      if (isEarly) this.#early.push(text);
      else this.#send(text);
    };
    const finish = (result: unknown) => {
      notify(result);
      isOver = true;
      this.#stops.get(id)?.();
      this.#stops.delete(id);
    };
    const stop = open(this.#host, params, { notify, finish });
    if (!isOver) this.#stops.set(id, stop);
    isEarly = false;
    return id;
  }

  #unsubscribe(params: unknown): boolean {
    const [id] = checkParams(subscriptionId, params);
    const stop = this.#stops.get(id);
    if (stop === undefined) throw invalidParams("Invalid subscription id.");
    stop();
    this.#stops.delete(id);
    return true;
  }
}
