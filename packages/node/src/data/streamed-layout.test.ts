import { create } from "@bufbuild/protobuf";
import { DatasetInfoResponseSchema } from "@cyxwiz/protocol";
import { expect, test } from "vitest";
import { channelsLast } from "./channels-last.ts";
import { streamedLayout } from "./streamed-layout.ts";

const info = (fields: object) =>
  create(DatasetInfoResponseSchema, { train: { numSamples: 5n }, sampleShape: [3, 8, 6], labelShape: [1], ...fields });

test("images whose channels come first are stored as a model of images takes them, and as they are for any other", () => {
  const turned = streamedLayout(info({}), [8, 6, 3]);
  expect(turned.channelsFirst).toEqual([3, 8, 6]);
  expect(turned.layout.train.features.shape).toEqual([5, 8, 6, 3]);
  for (const input of [[144], [3, 8, 6]]) {
    const { channelsFirst, layout } = streamedLayout(info({}), input);
    expect(channelsFirst).toBeUndefined();
    expect(layout.train.features.shape).toEqual([5, 3, 8, 6]);
  }
});

test("each value keeps its channel and its place", () => {
  const [channels, height, width] = [3, 2, 4] as const;
  const value = (image: number, channel: number, pixel: number) => image * 1000 + channel * 100 + pixel;
  const values = [0, 1].flatMap((image) =>
    [0, 1, 2].flatMap((channel) => Array.from({ length: height * width }, (_, pixel) => value(image, channel, pixel))),
  );
  // Anywhere in a message.
  const bytes = Buffer.concat([Buffer.alloc(1), Buffer.from(Float32Array.from(values).buffer)]).subarray(1);
  const last = new Float32Array(channelsLast(bytes, [channels, height, width]).buffer);
  const expected = [0, 1].flatMap((image) =>
    Array.from({ length: height * width }, (_, pixel) =>
      [0, 1, 2].map((channel) => value(image, channel, pixel)),
    ).flat(),
  );
  expect([...last]).toEqual(expected);
});

test.each([
  ["no samples", { train: { numSamples: 0n } }, /no training samples/],
  ["no shape", { sampleShape: [] }, /samples have the shape \[\]/],
  ["a shape that is none", { sampleShape: [3, -1] }, /samples have the shape/],
  ["labels in more dimensions than there are", { labelShape: [2, 2] }, /labels have the shape/],
])("an engine that says of its data that it has %s is refused", (_what, fields, problem) => {
  expect(() => streamedLayout(info(fields), [144])).toThrow(problem);
});
