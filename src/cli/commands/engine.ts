import type { CommandDefinition, GlobalOptions } from '../command.js'
import { endWithSupervisor } from '../end-with-supervisor.js'
import { openProject, stackOptions } from '../open-project.js'

export const engine: CommandDefinition = {
  name: 'engine',
  summary: 'Start only the engine: it owns the warehouse and executes runs',
  details: 'For operation in parts: `millrace serve` gives it a UI, schedules and sensors.',
  examples: [['millrace engine', 'until Ctrl-C']],
  json: 'nothing',
  async run(options: GlobalOptions) {
    const { runEngineProcess } = await import('../../platform/index.js')
    await endWithSupervisor()
    await runEngineProcess(await openProject(options), {
      ...stackOptions(options),
      command: process.env.MILLRACE_SUPERVISED ? 'up' : 'engine',
    })
    return 0
  },
}
