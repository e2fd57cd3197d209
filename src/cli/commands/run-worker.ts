import { Option } from 'commander'
import type { CommandDefinition, GlobalOptions } from '../command.js'
import { openProject, stackOptions } from '../open-project.js'
import { positiveInteger } from '../option-values.js'

interface RunWorkerOptions extends GlobalOptions {
  readonly run: string
  readonly token: number
}

export const runWorker: CommandDefinition = {
  name: 'run-worker',
  summary: 'Execute one run that a launcher has claimed',
  details:
    'Launchers start it (`runs.launcher` in millrace.yaml); nobody else has the token. SIGTERM gives the run back to the queue.',
  options: [
    new Option('--run <id>', 'the run').makeOptionMandatory(),
    new Option('--token <number>', 'of the claim').argParser(positiveInteger).makeOptionMandatory(),
  ],
  examples: [
    [
      'millrace run-worker --run <id> --token 1',
      'exit code 0 also when the run failed, 75 where the store is newer than it',
    ],
  ],
  json: '{run, status}',
  async run({ run, token, ...options }: RunWorkerOptions) {
    const [{ runRunWorker }, project] = await Promise.all([import('../../platform/index.js'), openProject(options)])
    let status: string
    try {
      ;({ status } = await runRunWorker(project, { runId: run, token }, stackOptions()))
    } catch (thrown) {
      const { toMillraceError } = await import('../../base/index.js')
      const error = toMillraceError(thrown)
      if (error.code !== 'METASTORE_OTHER_VERSION') throw thrown
      const [{ otherVersionExitCode }, { printError }] = await Promise.all([
        import('../../orchestrate/index.js'),
        import('../output/print-error.js'),
      ])
      printError(error, { json: options.json ?? false, debug: options.debug ?? false })
      return otherVersionExitCode
    }
    if (options.json) console.log(JSON.stringify({ run, status }))
    else console.log(`The run ${run} is ${status}.`)
    return ['succeeded', 'failed', 'cancelled', 'queued', 'deleted'].includes(status) ? 0 : 1
  },
}
