// What is used of libraries that have no types of their own.

declare module "snarkjs" {
  /** Bytes in place of a file. */
  interface InMemory {
    type: "mem";
    data?: Uint8Array;
  }
  interface Proof {
    pi_a: string[];
    pi_b: string[][];
    pi_c: string[];
    protocol: string;
    curve: string;
  }
  type Signals = Record<string, unknown>;

  export const wtns: {
    calculate(input: Signals, wasm: Uint8Array, witness: InMemory): Promise<void>;
    check(r1cs: Uint8Array, witness: InMemory): Promise<boolean>;
  };
  export const groth16: {
    prove(provingKey: InMemory, witness: InMemory): Promise<{ proof: Proof; publicSignals: string[] }>;
    verify(verificationKey: object, publicSignals: readonly string[], proof: Proof): Promise<boolean>;
  };
  export const zKey: {
    exportVerificationKey(provingKey: InMemory): Promise<object>;
  };
}

declare module "ffjavascript" {
  /** A curve's arithmetic on WebAssembly. */
  interface Curve {
    readonly tm: {
      readonly instance: { readonly exports: Record<string, (...pointers: number[]) => void> };
      readonly memory: WebAssembly.Memory;
      readonly pG1gen: number;
      readonly pG2gen: number;
    };
    terminate(): Promise<void>;
  }
  export function buildBn128(singleThread?: boolean): Promise<Curve>;
  export function getCurveFromName(name: string): Promise<Curve>;
}
