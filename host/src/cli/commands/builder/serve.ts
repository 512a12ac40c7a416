// `vixen builder serve`: builds for others, over gRPC.
import { log } from '../../output.ts';
import { storeCommand } from '../../store/command.ts';
import { GrpcAccess } from '../../store/grpc-access.ts';
import { UsageError } from '../../usage.ts';

export const builderServe = storeCommand({
  usage: '--grpc ADDRESS… [FLAGS]',
  about:
    'Builds for others until it is interrupted. Builder and clients share a store: `--store` names it. Addresses are printed on stderr once they can be reached.',
  examples: [
    '--grpc unix:/run/user/1000/builder.sock --store grpc+unix:///run/user/1000/store.sock',
    '--grpc 0.0.0.0:8001 --tls-cert cert.pem --tls-key key.pem --tls-client-ca ca.pem --tls-client coordinator --builder oci:',
  ],
  create() {
    const addresses: string[] = [];
    const access = new GrpcAccess();
    let builderUrl: string | undefined;
    return {
      flags: [
        { names: ['--grpc'], labels: ['address'], help: 'unix:/path, host:port', run: (address) => addresses.push(address!) },
        { names: ['--builder'], labels: ['builder-url'], help: 'what builds: bwrap:, oci:, local:', run: (url) => (builderUrl = url!) },
        ...access.flags,
      ],
      async run(context) {
        if (addresses.length === 0) throw new UsageError('nothing to serve at: say --grpc');
        const { serveBuilder } = await import('@vixen/builder/grpc');
        const { openBuilder } = await import('@vixen/builder');
        const { builderOptions, builderUrl: urlOf } = await import('../../../node/building/build-settings.ts');
        const { settings } = context.config;
        const options = { store: await context.store(), ...builderOptions(settings) };
        const builder = await openBuilder(builderUrl ?? urlOf(settings, process.env), options);
        try {
          const listen = [];
          for (const address of addresses) listen.push(await access.listener(address, []));
          const server = await serveBuilder(builder, {
            listen,
            onError: (error) => log(`error: ${error instanceof Error ? error.message : String(error)}`),
          });
          const { name, reason } = await builder.describe();
          for (const address of server.addresses) log(`building at grpc ${address}, by ${name} (${reason})`);
          await new Promise<void>((resolve) => context.signal.addEventListener('abort', () => resolve(), { once: true }));
          await server.close();
        } finally {
          await builder.close();
        }
      },
    };
  },
});
