/** The same stream, with what it fails with replaced. */
export async function* mapStreamErrors<T>(
  stream: AsyncIterable<T>,
  map: (error: unknown) => unknown,
): AsyncIterable<T> {
  try {
    yield* stream;
  } catch (error) {
    throw map(error);
  }
}
