/** The number functions alone, for their specs: never part of the evaluator. */
export {
  formatFloatF,
  formatFloatG,
  formatFloatShortest,
  formatInt,
  intOverflowed,
  parseFloat,
  parseFloatRange,
  parseInt64,
} from './numbers';

/** Room for a text. */
export const text: usize = memory.data(8192);
