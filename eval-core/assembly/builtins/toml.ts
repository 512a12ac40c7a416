/** `fromTOML`: TOML 1.0.0 (toml/parse.ts). */
import { Err, MSG, msgBegin, msgClose, msgLit, msgOpen, raise } from '../diag/errors';
import { strBytes, strLen } from '../value/layout';
import { bufReported } from '../toml/errors';
import { parseDocument } from '../toml/parse';
import { datePlace } from '../toml/scalars';
import { stringWithNull, stringWithNullPlace } from '../toml/strings';
import { treeValue } from '../toml/tree';
import { arg } from './args';
import { bufVisible } from './json-parse';

export function builtin_fromTOML(a: usize): usize {
  const text = arg(a, 0);
  const root = parseDocument(strBytes(text), strLen(text));
  const date = datePlace();
  const nulls = stringWithNullPlace();
  if (root && !date && !nulls) return treeValue(root);
  msgBegin();
  msgLit('while parsing TOML: ');
  msgOpen();
  if (!root) bufReported(MSG);
  else if (date && (!nulls || date < nulls)) msgLit('Dates and times are not supported');
  else {
    msgLit("error: input string '");
    bufVisible(MSG, strBytes(stringWithNull()), strLen(stringWithNull()));
    msgLit("' cannot be represented as Nix string because it contains null bytes");
  }
  msgClose();
  return raise(Err.Eval);
}
