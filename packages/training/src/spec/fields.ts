import { CyxwizError } from "@cyxwiz/errors";

/** Throws `MODEL_INVALID` for what stands at a path. */
export function invalid(path: string, problem: string): never {
  throw new CyxwizError("MODEL_INVALID", { path, problem });
}

/** A value as an error message shows it, cut to a readable length. */
export function show(value: unknown): string {
  const text = value === undefined ? "nothing" : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

export interface NumberRange {
  readonly min?: number;
  readonly max?: number;
  /** Excludes `min` itself. */
  readonly above?: number;
  /** Excludes `max` itself. */
  readonly below?: number;
}

/**
 * Reads the fields of one JSON object, strictly: each read field is remembered, and {@link Fields.end} refuses the
 * rest by name. Every failure is a `MODEL_INVALID` that names the path and what is allowed there.
 */
export class Fields {
  readonly path: string;
  readonly #object: Record<string, unknown>;
  readonly #known = new Set<string>();

  constructor(value: unknown, path: string) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      invalid(path, `expected an object, got ${show(value)}.`);
    }
    this.path = path;
    this.#object = value as Record<string, unknown>;
  }

  at(key: string): string {
    return `${this.path}.${key}`;
  }

  /** The raw value; `undefined` when absent. Own properties only. */
  raw(key: string): unknown {
    this.#known.add(key);
    return Object.hasOwn(this.#object, key) ? this.#object[key] : undefined;
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#object, key) && this.#object[key] !== undefined;
  }

  /** All of the object, for one whose keys are data. */
  entries(): Readonly<Record<string, unknown>> {
    return this.#object;
  }

  object(key: string): Fields {
    return new Fields(this.raw(key), this.at(key));
  }

  number(key: string, range: NumberRange, fallback?: number): number {
    const value = this.raw(key) ?? fallback;
    if (typeof value !== "number" || !Number.isFinite(value) || !within(value, range)) {
      invalid(this.at(key), `expected a number ${describe(range)}, got ${show(this.raw(key))}.`);
    }
    return value;
  }

  integer(key: string, range: NumberRange, fallback?: number): number {
    const value = this.raw(key) ?? fallback;
    if (typeof value !== "number" || !Number.isSafeInteger(value) || !within(value, range)) {
      invalid(this.at(key), `expected a whole number ${describe(range)}, got ${show(this.raw(key))}.`);
    }
    return value;
  }

  boolean(key: string, fallback: boolean): boolean {
    const value = this.raw(key) ?? fallback;
    if (typeof value !== "boolean") invalid(this.at(key), `expected true or false, got ${show(value)}.`);
    return value;
  }

  string(key: string, fallback?: string): string {
    const value = this.raw(key) ?? fallback;
    if (typeof value !== "string" || value === "" || value.length > 200) {
      invalid(this.at(key), `expected a text of 1 to 200 characters, got ${show(value)}.`);
    }
    return value;
  }

  oneOf<T extends string>(key: string, allowed: readonly T[], fallback?: T): T {
    const value = this.raw(key) ?? fallback;
    if (!allowed.includes(value as T)) {
      invalid(this.at(key), `expected one of ${allowed.join(", ")}, got ${show(value)}.`);
    }
    return value as T;
  }

  /** Accepts a parameter only where it has the one value that we can honour (or none). */
  only(key: string, ...allowed: unknown[]): void {
    const value = this.raw(key);
    if (value === undefined || allowed.some((entry) => JSON.stringify(entry) === JSON.stringify(value))) return;
    invalid(this.at(key), `only ${allowed.map(show).join(" or ")} is supported, got ${show(value)}.`);
  }

  /** Accepts and drops keys that carry no meaning for training. */
  ignore(...keys: string[]): void {
    for (const key of keys) this.#known.add(key);
  }

  /** Refuses every key that nothing has read. */
  end(): void {
    for (const key of Object.keys(this.#object)) {
      if (!this.#known.has(key)) {
        invalid(this.at(key), `unknown parameter. Known here: ${[...this.#known].sort().join(", ") || "none"}.`);
      }
    }
  }
}

function within(value: number, { min, max, above, below }: NumberRange): boolean {
  return (
    (min === undefined || value >= min) &&
    (max === undefined || value <= max) &&
    (above === undefined || value > above) &&
    (below === undefined || value < below)
  );
}

function describe({ min, max, above, below }: NumberRange): string {
  const from = min !== undefined ? `from ${min}` : above !== undefined ? `above ${above}` : "";
  const to = max !== undefined ? `to ${max}` : below !== undefined ? `below ${below}` : "";
  return [from, to].filter(Boolean).join(" ") || "that is finite";
}
