/** Requests, outcomes and failures as messages of vixen.build.v1, and back. Messages may come from anyone: what breaks the rules fails with `invalid`. */

import type { BuildRequest as SnixRequest } from '@vixen/proto/build';
import type { Failure, Limits, Outcome, BuildRequest as RequestMessage } from '@vixen/proto/vixen-build';
import { entryMessage, nodeOfEntry, safeNumber } from '@vixen/store/grpc';
import { decodeText, encodeText } from '@vixen/wasm';
import { BuildError, type BuildErrorCode, buildErrorCodes } from '../errors.ts';
import type { BuildInput, BuildLimits, BuildOutcome, BuildOutput, BuildRequest } from '../service.ts';

const invalid = (message: string) => new BuildError('invalid', message);

// ——— requests ———

export function requestMessage(request: BuildRequest): RequestMessage {
  const { limits, sandboxPaths, features } = request;
  return { request: snixRequest(request), limits: limitsMessage(limits), sandboxPaths: [...sandboxPaths], features: [...features] };
}

function snixRequest(request: BuildRequest): SnixRequest {
  const { constraints } = request;
  return {
    inputs: request.inputs.map(inputMessage),
    commandArgs: [...request.command],
    workingDir: request.workingDirectory,
    scratchPaths: [...request.scratchPaths],
    inputsDir: request.inputsDirectory,
    outputs: [...request.outputs],
    environmentVars: [...request.environment].sort(byName).map(([key, value]) => ({ key, value: encodeText(value) })),
    constraints: {
      system: constraints.system,
      minMemory: BigInt(constraints.minMemory),
      availableRoPaths: [...constraints.availableReadOnlyPaths],
      networkAccess: constraints.networkAccess,
      provideBinSh: constraints.provideBinSh,
    },
    additionalFiles: request.additionalFiles.map(({ path, contents }) => ({ path, contents })),
    refscanNeedles: [...request.needles],
  };
}

const byName = ([a]: [string, string], [b]: [string, string]) => (a < b ? -1 : a > b ? 1 : 0);

function inputMessage({ name, node }: BuildInput) {
  if (!node)
    throw new BuildError(
      'unsupported',
      `a builder elsewhere needs a store with a castore: the contents of '${name}' are not known by digest`,
    );
  return entryMessage(node, encodeText(name));
}

const limitNames = ['time', 'silence', 'log', 'output', 'memory', 'cpu', 'processes', 'freeSpace'] as const;

const limitsMessage = (limits: BuildLimits): Limits =>
  Object.fromEntries(limitNames.map((name) => [name, BigInt(Math.ceil(limits[name]))])) as Record<(typeof limitNames)[number], bigint>;

const limitsOf = (message: Limits | undefined): BuildLimits =>
  Object.fromEntries(limitNames.map((name) => [name, safeNumber(message?.[name] ?? 0n)])) as unknown as BuildLimits;

/** Checks what snix.build.v1 asks of a request, too: paths that are clean, lists that ascend. */
export function requestOfMessage({ request, limits, sandboxPaths, features }: RequestMessage): BuildRequest {
  if (!request) throw invalid('the request is missing');
  const { constraints } = request;
  const inputs = request.inputs.map((entry) => {
    const { name, node } = nodeOfEntry(entry);
    return { name: decodeText(name), node };
  });
  ascending(
    'inputs',
    inputs.map(({ name }) => name),
  );
  for (const { name } of inputs)
    if (name === '' || name.includes('/') || name === '.' || name === '..') throw invalid(`'${name}' is no name of an input`);
  if (request.commandArgs.length === 0) throw invalid('there is no command');
  return {
    inputs,
    inputsDirectory: cleanPath(request.inputsDir),
    command: request.commandArgs,
    workingDirectory: cleanPath(request.workingDir),
    scratchPaths: ascending('scratch paths', request.scratchPaths.map(cleanPath)),
    outputs: ascending('outputs', request.outputs.map(cleanPath)),
    environment: environmentOf(request),
    additionalFiles: request.additionalFiles.map(({ path, contents }) => ({ path: cleanPath(path), contents })),
    needles: request.refscanNeedles.map(needle),
    constraints: {
      system: constraints?.system ?? '',
      minMemory: safeNumber(constraints?.minMemory ?? 0n),
      availableReadOnlyPaths: (constraints?.availableRoPaths ?? []).map(absolutePath),
      networkAccess: constraints?.networkAccess ?? false,
      provideBinSh: constraints?.provideBinSh ?? false,
    },
    limits: limitsOf(limits),
    sandboxPaths: sandboxPaths.map(({ target, source, optional }) => ({
      target: absolutePath(target),
      source: absolutePath(source),
      optional,
    })),
    features,
  };
}

function environmentOf({ environmentVars }: SnixRequest): Map<string, string> {
  const environment = new Map<string, string>();
  for (const { key, value } of environmentVars) {
    if (key === '' || /[=\0]/.test(key)) throw invalid(`'${key}' is no name of a variable`);
    if (value.includes(0)) throw invalid(`the variable '${key}' has a NUL in it`);
    environment.set(key, decodeText(value));
  }
  return environment;
}

function cleanPath(path: string): string {
  const parts = path.split('/');
  if (path === '' || path.includes('\0') || parts.some((part) => part === '' || part === '.' || part === '..'))
    throw invalid(`'${path}' is no clean relative path`);
  return path;
}

function absolutePath(path: string): string {
  if (!path.startsWith('/')) throw invalid(`'${path}' is no absolute path`);
  if (path !== '/') cleanPath(path.slice(1));
  return path;
}

function needle(text: string): string {
  if (!/^[0-9a-df-np-sv-z]{32}$/.test(text)) throw invalid(`'${text}' is no hash part to look for`);
  return text;
}

function ascending(what: string, list: string[]): string[] {
  for (let i = 1; i < list.length; i++) if (list[i - 1]! >= list[i]!) throw invalid(`the ${what} do not ascend: '${list[i]}'`);
  return list;
}

// ——— answers ———

export function outcomeMessage({ outputs, started, ended, cpuUser, cpuSystem }: BuildOutcome): Outcome {
  return {
    response: { outputs: outputs.map(({ node, needles }) => ({ output: entryMessage(node), needles: needles.map(BigInt) })) },
    archives: outputs.map(({ narHash, narSize }) => ({ narSha256: narHash, narSize: BigInt(narSize) })),
    started: BigInt(Math.floor(started)),
    ended: BigInt(Math.floor(ended)),
    cpuUser: cpuUser === undefined ? undefined : BigInt(Math.floor(cpuUser)),
    cpuSystem: cpuSystem === undefined ? undefined : BigInt(Math.floor(cpuSystem)),
  };
}

/** The answer to `request`. */
export function outcomeOfMessage({ response, archives, started, ended, cpuUser, cpuSystem }: Outcome, request: BuildRequest): BuildOutcome {
  const found = response?.outputs ?? [];
  if (found.length !== request.outputs.length || archives.length !== found.length)
    throw invalid('the builder answers with another number of outputs');
  const outputs = found.map(({ output, needles }, i): BuildOutput => {
    const { narSha256, narSize } = archives[i]!;
    const numbers = needles.map(safeNumber);
    if (numbers.some((number) => number >= request.needles.length)) throw invalid('the builder has found what nobody looked for');
    return {
      path: request.outputs[i]!,
      node: nodeOfEntry(output).node,
      needles: numbers,
      narHash: narSha256,
      narSize: safeNumber(narSize),
    };
  });
  return {
    outputs,
    started: safeNumber(started),
    ended: safeNumber(ended),
    ...(cpuUser === undefined ? {} : { cpuUser: safeNumber(cpuUser) }),
    ...(cpuSystem === undefined ? {} : { cpuSystem: safeNumber(cpuSystem) }),
  };
}

export function failureMessage({ code, message, exitCode, signal, path }: BuildError): Failure {
  return { code, message, exitCode, signal, path };
}

export function errorOfFailure({ code, message, exitCode, signal, path }: Failure): BuildError {
  const known = (buildErrorCodes as readonly string[]).includes(code) ? (code as BuildErrorCode) : 'failed';
  return new BuildError(known, message, {
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(signal === undefined ? {} : { signal }),
    ...(path === undefined ? {} : { path }),
  });
}
