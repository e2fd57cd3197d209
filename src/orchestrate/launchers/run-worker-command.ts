import type { RunWorker } from '../contract/index.js'

/** What a run worker is started with. The token is no secret: it is worth something only for the one run, and once. */
export const runWorkerArguments = ({ runId, token }: RunWorker, projectDir?: string): readonly string[] => [
  ...(projectDir === undefined ? [] : ['--project-dir', projectDir]),
  'run-worker',
  '--run',
  runId,
  '--token',
  String(token),
]

/** By which variable a run worker is told where the store is. */
export const metastoreVariable = 'MILLRACE_METASTORE_URL'
