/**
 * Images of 4-byte elements with their channels first, as existing engines send them, with their channels last.
 *
 * @param shape of an image as it comes: channels, height, width
 */
export function channelsLast(images: Uint8Array, shape: readonly [number, number, number]): Uint8Array {
  const [channels, height, width] = shape;
  const pixels = height * width;
  // A copy, as what comes may lie anywhere.
  const from = new Uint32Array(new Uint8Array(images).buffer);
  const to = new Uint32Array(from.length);
  for (let start = 0; start < from.length; start += pixels * channels) {
    for (let channel = 0; channel < channels; channel++) {
      for (let pixel = 0; pixel < pixels; pixel++) {
        to[start + pixel * channels + channel] = from[start + channel * pixels + pixel] as number;
      }
    }
  }
  return new Uint8Array(to.buffer);
}
