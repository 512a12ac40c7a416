// A text's tokens, for what looks at all of it: completion, specs.
import { StringStream } from '@codemirror/language';
import { type Style, startState, token } from './nix-lexer.ts';

export interface Token {
  text: string;
  style: Style;
  /** Characters before it. */
  from: number;
}

/** All tokens but white space. `state` is where the lexer begins, and then where it has ended. */
export function tokensOf(text: string, state = startState()): Token[] {
  const tokens: Token[] = [];
  let from = 0;
  for (const line of text.split('\n')) {
    const stream = new StringStream(line, 2, 2);
    while (!stream.eol()) {
      stream.start = stream.pos;
      const style = token(stream, state);
      if (style) tokens.push({ text: stream.current(), style, from: from + stream.start });
    }
    from += line.length + 1;
  }
  return tokens;
}
