import { Option } from 'commander'
import { audited } from '../../audited.js'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { cliErrors } from '../../errors.js'
import { withQueue } from '../../open-project.js'
import { cursorOf } from './cursor-of.js'
import { findAutomation } from './find-automation.js'

interface CursorOptions extends GlobalOptions {
  readonly set?: string
  readonly reset?: boolean
}

export const cursor: CommandDefinition = {
  name: 'cursor',
  arguments: [['<sensor>', 'a sensor']],
  summary: 'Show the cursor of a sensor, change or reset it',
  details:
    'A sensor that is reset is as new: its next tick gets no cursor, and it is told of what happens from then on.',
  options: [
    new Option('--set <json>', 'what it is to be: JSON, or a text; the schema of the sensor counts').conflicts('reset'),
    new Option('--reset', 'forget it'),
  ],
  examples: [
    ['millrace automation cursor prices', 'what it remembers'],
    [`millrace automation cursor prices --set '{"since": "2024-01-01"}'`, 'from there on'],
    ['millrace automation cursor prices --reset', 'as if it were new'],
  ],
  json: '{name, cursor?}',
  async run(name: string, options: CursorOptions) {
    const { checkCursor } = await import('../../../orchestrate/index.js')
    return withQueue(options, async ({ engine, store, access }) => {
      const found = await findAutomation(await engine.reload(), name)
      if (found.type !== 'sensor' || found.spec.webhook)
        throw cliErrors.create('CLI_USAGE', {
          message: `${name} has no cursor: it is ${found.type === 'sensor' ? 'a webhook' : 'no sensor'}.`,
          hint: '`millrace automation` lists what there is.',
        })
      const { spec } = found
      const isChange = options.set !== undefined || options.reset === true
      const wanted = options.set === undefined ? undefined : cursorOf(options.set)
      if (options.set !== undefined) checkCursor(spec, wanted)
      if (isChange)
        await audited(access, { action: `automation cursor ${options.reset ? 'reset' : 'set'}`, what: name }, () =>
          store.setSensorCursor(name, wanted),
        )
      const now = (await store.automationState(name))?.cursor
      if (options.json) console.log(JSON.stringify({ name, cursor: now }))
      else console.log(now === undefined ? `${name} has no cursor yet.` : JSON.stringify(now, undefined, 2))
      return 0
    })
  },
}
