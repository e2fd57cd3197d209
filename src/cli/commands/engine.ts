import type { CommandDefinition, GlobalOptions } from '../command.js'
import { openProject, stackOptions } from '../open-project.js'
import { logSettings } from '../output/log-settings.js'
import { underSupervisor } from '../supervisor.js'

export const engine: CommandDefinition = {
  name: 'engine',
  summary: 'Start only the engine: it owns the warehouse and executes runs',
  details: 'For operation in parts: `millrace serve` gives it a UI, schedules and sensors.',
  examples: [['millrace engine', 'until Ctrl-C']],
  json: 'nothing',
  async run(options: GlobalOptions) {
    const [{ runEngineProcess }, project] = await Promise.all([import('../../platform/index.js'), openProject(options)])
    const command = process.env.MILLRACE_SUPERVISED ? 'up' : 'engine'
    const stack = stackOptions()
    // For people the page shows runs; their terminal would show them twice.
    const journal = logSettings().format === 'json' ? stack.logger : undefined
    return underSupervisor(project, () => runEngineProcess(project, { ...stack, journal, command }))
  },
}
