/** The engine alone, for its specification: a module with a place to put texts into. */
import { pagesAlloc } from '../heap/pages';

export {
  regexCapEnd,
  regexCapStart,
  regexCompile,
  regexErrorText,
  regexGroupCount,
  regexIterate,
  regexIterateNext,
  regexMatch,
  regexPrefixStart,
  regexSearch,
} from './index';

/** Room for `bytes` bytes. */
export function allocate(bytes: usize): usize {
  return pagesAlloc(bytes);
}
