import { Option } from 'commander'
import type { CommandDefinition, GlobalOptions } from '../command.js'
import { openProject, stackOptions } from '../open-project.js'
import { duration } from '../option-values.js'

interface WorkerOptions extends GlobalOptions {
  readonly untilIdle?: number
}

export const worker: CommandDefinition = {
  name: 'worker',
  summary: 'Start only a worker: it takes runs from the queue and executes or launches them',
  details:
    'With a warehouse and a store on servers as many may run as wanted, on any machines. SIGTERM gives back to the queue what it executes, and lets go on what it launched.',
  options: [
    new Option('--until-idle <duration>', 'end once there was nothing to do for so long, such as 60s').argParser(
      duration,
    ),
  ],
  examples: [
    ['millrace worker', 'until Ctrl-C'],
    ['millrace worker --until-idle 60s', 'for what starts workers when something waits'],
  ],
  json: 'one line, {type: "ready"}',
  async run(options: WorkerOptions) {
    const [{ runWorkerProcess }, project] = await Promise.all([import('../../platform/index.js'), openProject(options)])
    const stack = stackOptions()
    await runWorkerProcess(project, {
      ...stack,
      onWait: ({ pid, command }) =>
        stack.logger.warn(
          `Waiting for \`millrace ${command}\` (process ${pid}) to end: it has the DuckDB file of this project, which belongs to one process. Workers beside others need a warehouse on a server (docs/workers.md).`,
        ),
      untilIdleMs: options.untilIdle,
      onStart: () =>
        console.log(options.json ? JSON.stringify({ type: 'ready' }) : `Working for the project ${project.name}`),
    })
    return 0
  },
}
