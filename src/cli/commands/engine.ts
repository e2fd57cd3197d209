import { Option } from 'commander'
import type { CommandDefinition, GlobalOptions } from '../command.js'
import { openProject, stackOptions } from '../open-project.js'
import { isSupervised } from '../supervised.js'
import { underSupervisor } from '../supervisor.js'

interface EngineOptions extends GlobalOptions {
  readonly runs?: boolean
}

export const engine: CommandDefinition = {
  name: 'engine',
  summary: 'Start only the engine: it owns the warehouse and executes runs',
  details: 'For operation in parts: `millrace serve` gives it a UI, schedules and sensors.',
  options: [new Option('--no-runs', 'execute no runs: answer the server and the commands of this machine only')],
  examples: [
    ['millrace engine', 'until Ctrl-C'],
    ['millrace engine --no-runs', 'beside a server, while workers elsewhere execute runs'],
  ],
  json: 'nothing',
  async run(options: EngineOptions) {
    const [{ runEngineProcess }, project] = await Promise.all([import('../../platform/index.js'), openProject(options)])
    const command = isSupervised ? 'up' : 'engine'
    const claimsRuns = options.runs !== false
    return underSupervisor(project, () => runEngineProcess(project, { ...stackOptions(), command, claimsRuns }))
  },
}
