import { Option } from 'commander'
import { lineDiff, shortDiff } from '../../../base/index.js'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { connectionNotFound } from '../../connection-not-found.js'
import { cliErrors } from '../../errors.js'
import { interruptSignal } from '../../interrupt.js'
import { openProject, withEngine } from '../../open-project.js'
import { out } from '../../output/colors.js'
import { confirm } from '../../questions.js'

interface TakeOverOptions extends GlobalOptions {
  readonly cron?: string
  readonly timezone?: string
  readonly yes?: boolean
  readonly dryRun?: boolean
}

export const takeOver: CommandDefinition = {
  name: 'take-over',
  arguments: [['<connection>', 'a connection that a server of Airbyte keeps']],
  summary: 'Sync a connection of an Airbyte server by a schedule of this project',
  details:
    'Writes its schedule into millrace.yaml, as the server has it, and turns the one of the server to manual. It asks before; without a terminal, --yes is needed. A running Millrace takes it at once.',
  options: [
    new Option('--cron <expression>', 'when to sync it from here; as there when left out'),
    new Option('--timezone <zone>', 'the time zone of --cron (default: UTC)'),
    new Option('-y, --yes', 'do it without asking'),
    new Option('--dry-run', 'show what would change, and change nothing'),
  ],
  examples: [
    ['millrace connections take-over prod.shop-warehouse', 'shows what changes, and asks'],
    [
      "millrace connections take-over prod.shop-warehouse --cron '0 6 * * 1-5' --timezone Europe/Berlin --yes",
      'at another time',
    ],
  ],
  json: '{connection, there, cron, timezone, file, isDone}; nothing is asked',
  async run(name: string, options: TakeOverOptions) {
    const project = await openProject(options)
    const connections = await withEngine(options, async (engine) => (await engine.reload()).connections)
    const { remote } = connections.find((one) => one.name === name) ?? {}
    if (!remote) {
      if (!connections.some((one) => one.name === name)) throw await connectionNotFound(name, connections)
      throw cliErrors.create('CLI_USAGE', {
        message: `${name} is a connection of this project: its schedule is in its file.`,
        hint: 'Only the schedules of connections that a server of Airbyte keeps can be taken over.',
      })
    }
    const { planTakeOver, takeOverSchedule } = await import('../../../platform/index.js')
    const signal = interruptSignal()
    const plan = await planTakeOver(project, remote, options, { signal })
    const isAsked = !options.yes && !options.dryRun
    if (isAsked && (options.json || process.stdin.isTTY !== true))
      throw cliErrors.create('CLI_USAGE', {
        message: `The schedule of ${name} would be taken over, and nobody can be asked.`,
        hint: 'Without a terminal, say so with --yes; --dry-run shows what would change.',
      })
    if (!options.json) {
      console.log(`${remote.server} syncs it ${plan.there ?? 'by hand only'}; from then on by hand only.`)
      for (const { sign, text } of shortDiff(lineDiff(plan.before, plan.after), 1)) {
        const line = `${sign} ${text}`
        console.log(sign === '+' ? out.green(line) : sign === '-' ? out.red(line) : line)
      }
    }
    const isDone = !options.dryRun && (!isAsked || (await confirm(`Take over the schedule of ${name}?`)))
    if (isDone) await takeOverSchedule(project, remote, plan, { signal })
    const { there, here, file } = plan
    if (options.json) console.log(JSON.stringify({ connection: name, there, ...here, file, isDone }))
    else if (isDone) console.log(`\n${out.green('taken over')} ${name}: \`millrace automation\` shows sync_${name}.`)
    else console.log('\nNothing was changed.')
    return 0
  },
}
