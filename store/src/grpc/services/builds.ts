/** vixen.store.v1.RealisationService and LogService: what builds leave beside paths. */
import { LogServiceDefinition, RealisationServiceDefinition } from '@vixen/proto/vixen';
import { notFound, StoreError } from '../../errors.ts';
import type { LogService, RealisationService } from '../../service.ts';
import { pieces } from '../limits.ts';
import { headed, realisationMessage, realisationOfMessage } from '../messages.ts';
import { type Served, serve } from '../serve.ts';

export function realisationService(realisations: RealisationService): Served {
  return serve(
    RealisationServiceDefinition,
    { getRealisation: 'read', putRealisation: 'register-paths' },
    {
      async getRealisation({ id }, { signal }) {
        const realisation = await realisations.get(id, { signal });
        if (!realisation) throw notFound(`realisation '${id}'`);
        return realisationMessage(realisation);
      },
      async putRealisation({ realisation, skipSignatureCheck }, { signal, rights }) {
        if (!realisation) throw new StoreError('invalid', 'the realisation is missing');
        const checkSignatures = !(skipSignatureCheck && rights.has('administer'));
        await realisations.put(realisationOfMessage(realisation), { signal, checkSignatures });
        return {};
      },
    },
  );
}

export function logService(logs: LogService): Served {
  return serve(
    LogServiceDefinition,
    { getLog: 'read', putLog: 'register-paths' },
    {
      async *getLog({ drvPath }, { signal }) {
        const log = await logs.get(drvPath, { signal });
        if (!log) throw notFound(`a log of '${drvPath}'`);
        yield* pieces(log);
      },
      async putLog(parts, { signal }) {
        const { head, data } = await headed(parts, 'drvPath');
        await logs.put(head, data, { signal });
        return {};
      },
    },
  );
}
