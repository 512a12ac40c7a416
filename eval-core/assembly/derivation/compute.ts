/**
 * From the draft to store paths: output paths, the path of the `.drv`, and the modulo hash (Nix manual, "Derivation",
 * "Input-addressing"; "Store Path Specification").
 */
import { sha256Digest as sha256 } from './digest';
import { hashSize } from '../../../wasm/assembly/hash';
import { Err, msgArgStr, msgArgSymBytes, msgBegin, msgLit, raise } from '../diag/errors';
import { bufByte, bufBytes, bufData, bufLen, bufReserve, bufReset, bufStr } from '../heap/text';
import { strBytes, strLen } from '../value/layout';
import { symbolBytes, symbolLen } from '../value/symbols';
import { TEXT, atermPrepare, atermWrite } from './aterm';
import {
  DIGEST,
  DRVS,
  INPUTS,
  OUTPUTS,
  Outputs,
  SOURCES,
  draftName,
  outputAlgo,
  outputMethod,
  outputsKind,
  pairCount,
  pairFirst,
  pairSecond,
  setOutputsKind,
  setPairSecond,
} from './draft';
import { hashAlgoName } from '../builtins/hashText';
import { bufHex } from './hashes';
import { knownAdd, knownDeferred, knownGet, knownHasOutput } from './known';
import { NAME_BUF, bufMethod, fixedOutputPath, inputAddressedPath } from './store-path';
import { REFERENCES, referencesBegin, referencesSort, textPath } from './texts';

const HASH: usize = memory.data(32, 8);
const SCRATCH: usize = memory.data(12, 4);

/** An input derivation whose modulo hash is not known yet, or 0. */
export function unknownInput(): u32 {
  const n = pairCount(DRVS);
  for (let i: u32 = 0; i < n; i++) if (!knownGet(pairFirst(DRVS, i))) return pairFirst(DRVS, i);
  return 0;
}

function inputsDeferred(): bool {
  const n = pairCount(DRVS);
  for (let i: u32 = 0; i < n; i++) if (knownDeferred(knownGet(pairFirst(DRVS, i)))) return true;
  return false;
}

/** Whether every input derivation has the outputs that are asked of it; if not, the error is raised. */
function checkInputs(): bool {
  const n = pairCount(INPUTS);
  for (let i: u32 = 0; i < n; i++) {
    const output = pairSecond(INPUTS, i);
    if (knownHasOutput(knownGet(pairFirst(INPUTS, i)), output)) continue;
    msgBegin();
    msgLit("no hash for output '");
    msgArgSymBytes(output);
    msgLit("' of derivation '");
    msgArgStr(draftName());
    msgLit("'");
    raise(Err.Plain);
    return false;
  }
  return true;
}

function hashText(): void {
  sha256(bufData(TEXT), bufLen(TEXT), HASH);
}

/** The path of the only output of a fixed-output derivation; 0 after an error. */
export function fixedPath(): u32 {
  const name = draftName();
  return fixedOutputPath(outputMethod(), outputAlgo(), DIGEST, strBytes(name), strLen(name));
}
/** HASH of a fixed-output derivation: of what it makes, wherever it comes from. */
function hashFixed(): void {
  const path = pairSecond(OUTPUTS, 0);
  bufReset(SCRATCH);
  bufStr(SCRATCH, 'fixed:out:');
  bufMethod(SCRATCH, outputMethod());
  bufStr(SCRATCH, hashAlgoName(outputAlgo()));
  bufByte(SCRATCH, 0x3a);
  bufHex(SCRATCH, DIGEST, hashSize(outputAlgo()));
  bufByte(SCRATCH, 0x3a);
  bufBytes(SCRATCH, symbolBytes(path), symbolLen(path));
  sha256(bufData(SCRATCH), bufLen(SCRATCH), HASH);
}

/** Fills the paths of input-addressed outputs, unless they depend on what is not known. */
function fillOutputs(): bool {
  if (!checkInputs()) return false;
  if (inputsDeferred()) {
    setOutputsKind(Outputs.Deferred);
    return true;
  }
  setOutputsKind(Outputs.InputAddressed);
  atermWrite(true, true);
  hashText();
  const name = draftName();
  const n = pairCount(OUTPUTS);
  for (let i: u32 = 0; i < n; i++) {
    const path = inputAddressedPath(HASH, strBytes(name), strLen(name), pairFirst(OUTPUTS, i));
    if (!path) return false;
    setPairSecond(OUTPUTS, i, path);
  }
  return true;
}

/** Completes the outputs of the draft; false after an error. */
export function draftComplete(): bool {
  atermPrepare();
  const kind = outputsKind();
  if (kind == Outputs.InputAddressed || kind == Outputs.Deferred) return fillOutputs();
  return true;
}

/** The path of the derivation itself, whose text is left in TEXT; 0 after an error. */
export function draftPath(): u32 {
  atermWrite(false, false);
  hashText();
  referencesFill();
  drvName();
  return textPath(HASH, bufData(NAME_BUF), bufLen(NAME_BUF));
}
/** Writes the name with `.drv` to NAME_BUF. */
export function drvName(): void {
  const name = draftName();
  bufReset(NAME_BUF);
  bufBytes(NAME_BUF, strBytes(name), strLen(name));
  bufStr(NAME_BUF, '.drv');
}
function referencesFill(): void {
  referencesBegin();
  bufBytes(REFERENCES, bufData(SOURCES), bufLen(SOURCES));
  bufBytes(REFERENCES, bufData(DRVS), bufLen(DRVS));
  if (pairCount(DRVS)) referencesSort();
}

/** Makes the derivation known under its path (TEXT is overwritten). False after an error. */
export function draftRemember(drv: u32): bool {
  if (knownGet(drv)) return true;
  const kind = outputsKind();
  let deferred = false;
  if (kind == Outputs.Fixed) hashFixed();
  else {
    if (!checkInputs()) return false;
    deferred = kind == Outputs.Floating || kind == Outputs.Impure || inputsDeferred();
    atermWrite(false, true);
    hashText();
  }
  bufReset(SCRATCH);
  const n = pairCount(OUTPUTS);
  const names = bufReserve(SCRATCH, n << 2);
  for (let i: u32 = 0; i < n; i++) store<u32>(names + ((<usize>i) << 2), pairFirst(OUTPUTS, i));
  knownAdd(drv, HASH, deferred, names, n);
  return true;
}
