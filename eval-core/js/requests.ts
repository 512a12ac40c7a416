// Requests of the machine, read from its request block (assembly/requests.ts).

export enum Req {
  ReadFile = 1,
  ReadDir = 2,
  Stat = 3,
  ResolveImport = 4,
  AddPath = 5,
  AddText = 6,
  ResolveSearchPath = 7,
  Fetch = 8,
  GetEnv = 9,
  Message = 10,
  Realise = 11,
  QueryPath = 12,
  Now = 13,
  HashFile = 14,
  Exec = 15,
  Flake = 16,
  Debug = 17,
  RealPath = 18,
  ReadDerivation = 19,
}

export enum AnswerStatus {
  Ok = 1,
  /** the bytes are a message; the number is an ErrorCode */
  Error = 2,
  Missing = 3,
}

/** What a host gives back. */
export interface Answer {
  status: AnswerStatus;
  /** Bytes that are not in the machine's answer buffer yet. */
  bytes?: Uint8Array | undefined;
  /** Bytes that the host has already put into `Request.buffer`. */
  written?: number | undefined;
  number?: number | undefined;
}

/** One request. The operands are copies or fresh decodings: memory may move below them when the machine grows. */
export interface Request {
  readonly kind: Req;
  readonly count: number;
  /** Operand `i` as text. */
  text(i: number): string;
  /** Operand `i` as a copy of its bytes. */
  bytes(i: number): Uint8Array<ArrayBuffer>;
  /** Operand `i` where it is a number. */
  number(i: number): number;
  /** A view of the machine's own answer buffer: a host that fills it saves a copy, and answers with `written`. */
  buffer(length: number): Uint8Array<ArrayBuffer>;
}

export const ok = (bytes?: Uint8Array, number = 0): Answer => ({ status: AnswerStatus.Ok, bytes, number });
export const missing = (): Answer => ({ status: AnswerStatus.Missing });
