import type * as Jax from "@jax-js/jax";

export type { Array as JaxArray } from "@jax-js/jax";
export type JaxLibrary = typeof Jax;

/** The module with which the library finds out whether the engine has relaxed SIMD's multiply-add. */
const RELAXED_MADD_PROBE = "0061736d0100000001080160037b7b7b017b030201000a0d010b00200020012002fd85020b";

let loading: Promise<JaxLibrary> | undefined;

/**
 * Loads the array library on its WebAssembly backend with relaxed SIMD off: that one instruction rounds differently
 * from one processor to the next, and everything here must give the same bits everywhere.
 */
export function loadJax(): Promise<JaxLibrary> {
  loading ??= (async () => {
    refuseRelaxedSimd();
    const jax = await import("@jax-js/jax");
    await jax.init("wasm");
    jax.defaultDevice("wasm");
    return jax;
  })();
  return loading;
}

/** Answers "not supported" to that probe only. It stays so: the library may ask at any time. */
function refuseRelaxedSimd(): void {
  const validate = WebAssembly.validate.bind(WebAssembly);
  WebAssembly.validate = (source: BufferSource) => hex(source) !== RELAXED_MADD_PROBE && validate(source);
}

function hex(source: BufferSource): string {
  const bytes = ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
  if (bytes.length !== RELAXED_MADD_PROBE.length / 2) return "";
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
