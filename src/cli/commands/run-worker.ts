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
  examples: [['millrace run-worker --run <id> --token 1', 'exit code 0 also when the run failed']],
  json: '{run, status}',
  async run({ run, token, ...options }: RunWorkerOptions) {
    const [{ runRunWorker }, project] = await Promise.all([import('../../platform/index.js'), openProject(options)])
    const { status } = await runRunWorker(project, { runId: run, token }, stackOptions())
    if (options.json) console.log(JSON.stringify({ run, status }))
    else console.log(`The run ${run} is ${status}.`)
    return ['succeeded', 'failed', 'cancelled', 'queued', 'deleted'].includes(status) ? 0 : 1
  },
}
