/** What random numbers are for; each purpose has its own sequences. The numbers are part of the format: never change them. */
export const PURPOSE = {
  /** Index: the weight tensor's place in the model. */
  initialWeights: 1,
  /** Index: the epoch, from 0. */
  shuffle: 2,
  /** Index: the step, from 0; the layers of a step follow one another in one sequence. */
  dropout: 3,
  /** Which samples the validation split takes. Index: 0. */
  validation: 4,
} as const;
