import { audited } from '../../audited.js'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { withQueue } from '../../open-project.js'
import { findAutomation } from './find-automation.js'

const command = (name: 'on' | 'off', meaning: string): CommandDefinition => ({
  name,
  arguments: [['<automation>', 'a schedule, sensor or automation']],
  summary: meaning,
  examples: [[`millrace automation ${name} nightly`, `\`millrace automation\` lists them`]],
  json: '{name, isOn}',
  async run(automation: string, options: GlobalOptions) {
    const isOn = name === 'on'
    const { switchEvents } = await import('../../../orchestrate/index.js')
    return withQueue(options, async ({ engine, store, access }) => {
      const definitions = await engine.reload()
      const { type } = await findAutomation(definitions, automation)
      const noted = switchEvents(definitions, automation, { isOn, by: 'cli' })
      await audited(access, { action: `automation ${name}`, what: automation }, () =>
        store.setAutomation(automation, type, isOn, noted),
      )
      console.log(options.json ? JSON.stringify({ name: automation, isOn }) : `${automation} is ${name}.`)
      return 0
    })
  },
})

export const switchOn = command('on', 'Switch one on; what was due before that is not missed')
export const switchOff = command('off', 'Switch one off; runs that it started go on')
