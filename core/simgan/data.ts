/** A mini-batch: images [b, h, w, c] in [−1, 1] and where each one stands in its pack. */
export interface Batch {
  readonly images: Float32Array;
  readonly indices: Int32Array;
}

/**
 * An endless stream of shuffled mini-batches, exactly resumable. Training knows no more of data than this;
 * `core/datasets/pixels/batches.ts` makes one from a pack.
 */
export interface BatchSource {
  next(): Promise<Batch>;
  /** What a checkpoint keeps so that a source restored from it goes on with the same batches; JSON. */
  state(): unknown;
}
