// fast-check's generators, asked for many values at once and for many smaller ones at once.
import fc from 'fast-check';

/** A random text that knows how to become smaller. */
export interface Sample {
  text: string;
  /** Smaller ones, the smallest first. */
  smaller(limit: number): Sample[];
}

class Recorder extends fc.Arbitrary<string> {
  readonly made: fc.Value<string>[] = [];
  readonly #inner: fc.Arbitrary<string>;

  constructor(inner: fc.Arbitrary<string>) {
    super();
    this.#inner = inner;
  }

  override generate(random: fc.Random, bias: number | undefined): fc.Value<string> {
    const value = this.#inner.generate(random, bias);
    this.made.push(value);
    return value;
  }

  override canShrinkWithoutContext(_value: unknown): _value is string {
    return false;
  }

  override shrink(): fc.Stream<fc.Value<string>> {
    return fc.Stream.nil();
  }
}

function sample(arbitrary: fc.Arbitrary<string>, made: fc.Value<string>): Sample {
  const smaller = (limit: number) => [...arbitrary.shrink(made.value_, made.context).take(limit)].map((next) => sample(arbitrary, next));
  return { text: made.value_, smaller };
}

/** As many values as wanted, the same ones for the same seed. */
export function samples(arbitrary: fc.Arbitrary<string>, count: number, seed: number): Sample[] {
  const recorder = new Recorder(arbitrary);
  fc.sample(recorder, { numRuns: count, seed });
  return recorder.made.map((made) => sample(arbitrary, made));
}
