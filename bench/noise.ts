import { packDataset } from "@cyxwiz/training";

const SIDE = 28;

/**
 * A packed data set of 28×28 images of noise in ten classes: what a step takes does not depend on what is learned.
 *
 * @param border so many pixels at each edge are black, as in the images of MNIST, where it is 4
 */
export function noise(samples: number, border = 0): Uint8Array {
  const features = new Uint8Array(samples * SIDE * SIDE);
  for (let index = 0, state = 1; index < features.length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    const [row, column] = [Math.floor((index % (SIDE * SIDE)) / SIDE), index % SIDE];
    const inside = Math.min(row, column, SIDE - 1 - row, SIDE - 1 - column) >= border;
    features[index] = inside ? state >>> 24 : 0;
  }
  const labels = Uint8Array.from({ length: samples }, (_, sample) => sample % 10);
  return packDataset({
    train: {
      features: { dtype: "U8", shape: [samples, SIDE, SIDE], data: features },
      labels: { dtype: "U8", shape: [samples], data: labels },
    },
  });
}
