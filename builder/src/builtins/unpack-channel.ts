/** `builtin:unpack-channel`: the one thing in a tarball, under the channel's name (libstore/builtins/unpack-channel.cc). */
import { BuildError } from '../errors.ts';
import type { BuiltinContext } from './context.ts';
import { TreeFolder } from './output-tree.ts';
import { unpackTar } from './tar.ts';

export async function unpackChannel(context: BuiltinContext): Promise<TreeFolder> {
  const channel = context.attribute('channelName');
  const source = context.attribute('src');
  if (/[/\0]/.test(channel) || channel === '' || channel === '.' || channel === '..') {
    throw new BuildError('failed', `channelName is not allowed to contain filesystem separators, got "${channel}"`);
  }
  const file = await context.files.find(source);
  if (!file) throw new BuildError('failed', `cannot open '${source}': No such file or directory`);
  const unpacked = await unpackTar(context.files.read(file), context);
  const [first, second] = [...unpacked.entries.values()];
  if (!first) throw new BuildError('failed', `channel tarball '${source}' is empty`);
  if (second) throw new BuildError('failed', `channel tarball '${source}' contains more than one file`);
  const tree = new TreeFolder();
  tree.entries.set(channel, first);
  return tree;
}
