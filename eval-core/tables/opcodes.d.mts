/** Name, length in words, what it does. */
export declare const opcodes: readonly (readonly [name: string, words: number, doc: string])[];
export declare function opcodesModule(): string;
