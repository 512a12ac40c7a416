/** Attribute names that derivations give a meaning, and their symbols. */
import { ST_BUILTINS } from '../heap/state';
import { symbolOf } from '../value/symbols';
import { tableGet, tableSet } from './table';

export const enum Word {
  None = 0,
  StructuredAttrs,
  IgnoreNulls,
  ContentAddressed,
  Impure,
  Args,
  Builder,
  System,
  OutputHash,
  OutputHashAlgo,
  OutputHashMode,
  Outputs,
  Json,
  AllowedReferences,
  AllowedRequisites,
  DisallowedReferences,
  DisallowedRequisites,
  MaxSize,
  MaxClosureSize,
  // names that are looked up, without a meaning of their own among the attributes
  Name,
  DrvPath,
  OutPath,
  Out,
  Type,
  Path,
  AllOutputs,
  Prefix,
  ToString,
  Url,
  Sha256,
  Filter,
  Recursive,
  FromStore,
  FromPath,
  ToPath,
  InputAddressed,
  Rev,
  PublicKeys,
  Count,
}

const SYMBOLS: usize = ST_BUILTINS + 256;
const TABLE: usize = memory.data(12, 4);

export function wordText(w: Word): string {
  switch (w) {
    case Word.StructuredAttrs:
      return '__structuredAttrs';
    case Word.IgnoreNulls:
      return '__ignoreNulls';
    case Word.ContentAddressed:
      return '__contentAddressed';
    case Word.Impure:
      return '__impure';
    case Word.Args:
      return 'args';
    case Word.Builder:
      return 'builder';
    case Word.System:
      return 'system';
    case Word.OutputHash:
      return 'outputHash';
    case Word.OutputHashAlgo:
      return 'outputHashAlgo';
    case Word.OutputHashMode:
      return 'outputHashMode';
    case Word.Outputs:
      return 'outputs';
    case Word.Json:
      return '__json';
    case Word.AllowedReferences:
      return 'allowedReferences';
    case Word.AllowedRequisites:
      return 'allowedRequisites';
    case Word.DisallowedReferences:
      return 'disallowedReferences';
    case Word.DisallowedRequisites:
      return 'disallowedRequisites';
    case Word.MaxSize:
      return 'maxSize';
    case Word.MaxClosureSize:
      return 'maxClosureSize';
    case Word.Name:
      return 'name';
    case Word.DrvPath:
      return 'drvPath';
    case Word.OutPath:
      return 'outPath';
    case Word.Out:
      return 'out';
    case Word.Type:
      return 'type';
    case Word.Path:
      return 'path';
    case Word.AllOutputs:
      return 'allOutputs';
    case Word.Prefix:
      return 'prefix';
    case Word.ToString:
      return '__toString';
    case Word.Url:
      return 'url';
    case Word.Sha256:
      return 'sha256';
    case Word.Filter:
      return 'filter';
    case Word.Recursive:
      return 'recursive';
    case Word.FromStore:
      return 'fromStore';
    case Word.FromPath:
      return 'fromPath';
    case Word.ToPath:
      return 'toPath';
    case Word.InputAddressed:
      return 'inputAddressed';
    case Word.Rev:
      return 'rev';
    case Word.PublicKeys:
      return 'publicKeys';
  }
  return '';
}

/** The symbol of a word. */
export function wordSymbol(w: Word): u32 {
  const at = SYMBOLS + ((<usize>w) << 2);
  const known = load<u32>(at);
  if (known) return known;
  const sym = symbolOf(wordText(w));
  store<u32>(at, sym);
  return sym;
}

/** The word that an attribute's name is, or Word.None. */
export function wordOf(sym: u32): Word {
  if (!load<u32>(TABLE)) for (let w: u32 = 1; w < <u32>Word.Count; w++) tableSet(TABLE, wordSymbol(w), w);
  return tableGet(TABLE, sym);
}
