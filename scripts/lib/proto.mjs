// The generated code of the proto room.
import { at } from './paths.mjs';
import { runNode } from './run.mjs';
import { filesBelow, ifStale } from './stamp.mjs';

const generator = 'proto/generate.mjs';

/** Makes `proto/gen` from the `.proto` files. */
export async function generateProto() {
  const made = at('proto/gen');
  const step = {
    stamp: at('proto/build/proto.stamp'),
    files: () => [...filesBelow([at('proto')], (file) => !file.startsWith(made)), at('package-lock.json')],
    outputs: [made],
  };
  await ifStale(step, () => runNode([generator]));
}
