import type { CommandDefinition, GlobalOptions } from '../command.js'
import { openProject, stackOptions } from '../open-project.js'

export const daemon: CommandDefinition = {
  name: 'daemon',
  summary: 'Start only the daemon: schedules, sensors, conditions, backfills, alerts, retention',
  details:
    'For operation in parts, beside `millrace serve --no-daemon`. Of several one works, and the others take its place when it ends.',
  examples: [['millrace daemon', 'until Ctrl-C']],
  json: 'one line, {type: "ready"}',
  async run(options: GlobalOptions) {
    const [{ runDaemonProcess }, project] = await Promise.all([import('../../platform/index.js'), openProject(options)])
    await runDaemonProcess(project, {
      ...stackOptions(),
      onStart: () =>
        console.log(options.json ? JSON.stringify({ type: 'ready' }) : `Watching over the project ${project.name}`),
    })
    return 0
  },
}
