// `vixen builder`.
import { groupRun } from '../../groups.ts';

export const builderGroup = groupRun('Builds for others.', {
  serve: { about: 'build for others, over gRPC', load: async () => (await import('./serve.ts')).builderServe },
});
