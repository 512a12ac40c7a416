declare module 'seek-bzip' {
  const bzip2: {
    /** All of a file at once; `multistream` reads on after the first end. */
    decode(input: Uint8Array, output?: undefined, multistream?: boolean): Uint8Array;
  };
  export default bzip2;
}
