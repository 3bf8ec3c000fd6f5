import { CyxwizError } from "@cyxwiz/errors";
import type { DatasetInfoResponse, SplitInfo } from "@cyxwiz/protocol";
import {
  CONTAINER_METADATA,
  type ContainerLayout,
  decodeHeader,
  encodeHeader,
  headerEnd,
  layoutOf,
  type TensorShape,
} from "@cyxwiz/training";

const SOURCE = "what the engine says of its data";
const MAX_HEADER_BYTES = 1024 * 1024;

/** The container that streamed samples are put together to. */
export interface StreamedLayout {
  readonly header: Uint8Array;
  readonly layout: ContainerLayout;
  readonly fileBytes: number;
  /** Whether samples come as they lie in the container; otherwise as float32, with int32 labels. */
  readonly raw: boolean;
  /** The shape of an image whose channels come first and go last. */
  readonly channelsFirst: readonly [number, number, number] | undefined;
  /** Where the samples of the container's test split come from. */
  readonly testSplit: "test" | "validation";
}

/**
 * The container that an engine's data is put together to: its own, where it shows the header, or one of float32 samples with
 * whole labels. What existing engines evaluate by after every epoch is the validation split, so that is the test set here.
 *
 * @param input the shape that the model takes; it tells images whose channels come first, as existing engines have them
 * @throws CyxwizError `DATA_INVALID`
 */
export function streamedLayout(info: DatasetInfoResponse, input: readonly number[]): StreamedLayout {
  const { containerHeader: given } = info;
  const channelsFirst = given.length > 0 ? undefined : channelsFirstOf(info.sampleShape, input);
  const header = given.length > 0 ? given : plainHeader(info, channelsFirst ? input : info.sampleShape);
  if (header.length > MAX_HEADER_BYTES) fail(`its header has ${header.length} bytes; ${MAX_HEADER_BYTES} are allowed.`);
  if (headerEnd(header, header.length, SOURCE) !== header.length) fail("its header is longer than it says.");
  const decoded = decodeHeader(header, undefined, SOURCE);
  return {
    header,
    layout: layoutOf(decoded, SOURCE),
    fileBytes: decoded.fileBytes,
    raw: given.length > 0,
    channelsFirst,
    testSplit: given.length === 0 && has(info.validation) ? "validation" : "test",
  };
}

function channelsFirstOf(
  sample: readonly number[],
  input: readonly number[],
): readonly [number, number, number] | undefined {
  const [channels = 0, height = 0, width = 0] = sample;
  const turned = sample.length === 3 && String([height, width, channels]) === String(input);
  return turned && String(sample) !== String(input) ? [channels, height, width] : undefined;
}

function plainHeader(info: DatasetInfoResponse, sampleShape: readonly number[]): Uint8Array {
  const { labelShape, train, validation, test } = info;
  if (!has(train)) fail("it has no training samples.");
  if (sampleShape.length === 0 || [...sampleShape, ...labelShape].some((length) => length < 1)) {
    fail(`samples have the shape [${sampleShape}], labels [${labelShape}].`);
  }
  const tensors = new Map<string, TensorShape>();
  const second = has(validation) ? validation : test;
  for (const [name, split] of [["train", train] as const, ["test", second] as const]) {
    if (!has(split)) continue;
    const samples = Number(split.numSamples);
    tensors.set(`${name}.features`, { dtype: "F32", shape: [samples, ...sampleShape] });
    // As everywhere, a column of class numbers is a list of them.
    const labels = labelShape.length === 1 && labelShape[0] === 1 ? [] : labelShape;
    tensors.set(`${name}.labels`, { dtype: "I32", shape: [samples, ...labels] });
  }
  return encodeHeader(tensors, CONTAINER_METADATA);
}

function has(split: SplitInfo | undefined): split is SplitInfo {
  return split !== undefined && split.numSamples > 0n;
}

function fail(problem: string): never {
  throw new CyxwizError("DATA_INVALID", { source: SOURCE, problem });
}
