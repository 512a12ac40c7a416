// What the bundle has in place of `msgpackr`, which lmdb imports for values that are not bytes: ours are bytes.
export class Encoder {
  constructor() {
    throw new Error('the bundle has no msgpack');
  }
}
