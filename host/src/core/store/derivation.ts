// The little of a derivation's text that a host needs (Nix manual, "Derivation ATerm").
import { decodeText } from '@vixen/eval-core';

const output = /\("((?:[^"\\]|\\.)*)","((?:[^"\\]|\\.)*)","((?:[^"\\]|\\.)*)","((?:[^"\\]|\\.)*)"\)/y;

/** Names of the outputs with their paths; '' where the path is known only after the build. */
export function derivationOutputs(aterm: Uint8Array): Map<string, string> {
  const text = decodeText(aterm);
  const outputs = new Map<string, string>();
  let at = text.indexOf('[') + 1;
  for (;;) {
    output.lastIndex = at;
    const found = output.exec(text);
    if (!found) return outputs;
    outputs.set(found[1]!, found[2]!);
    at = output.lastIndex + 1;
  }
}
