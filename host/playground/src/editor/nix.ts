// Everything that the editor knows of Nix.
import type { Extension } from '@codemirror/state';
import { type LibMembers, nixCompletion } from './completion.ts';
import { builtinHover } from './hover.ts';
import { nixLanguage } from './nix-language.ts';

export function nixSupport(libMembers: LibMembers): Extension {
  return [nixLanguage, nixLanguage.data.of({ autocomplete: nixCompletion(libMembers) }), builtinHover];
}
