import { Option } from 'commander'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { withEngine } from '../../open-project.js'
import { out } from '../../output/colors.js'

interface AcceptOptions extends GlobalOptions {
  readonly stream?: readonly string[]
}

export const accept: CommandDefinition = {
  name: 'accept',
  arguments: [['<connection>', 'a connection of the project']],
  summary: 'Take the fields of its streams as the source has them now',
  details:
    'For connections with `schema_changes: pause` or `ignore`: the next sync takes what the source has then, and holds later changes against that. `millrace discover` shows what changed.',
  options: [new Option('--stream <names...>', 'only these streams')],
  examples: [['millrace connections accept shop --stream orders', 'then: millrace sync shop']],
  json: '{connection, streams}, the streams whose next sync takes what there is',
  async run(name: string, options: AcceptOptions) {
    return withEngine(options, async (engine) => {
      const streams = await engine.acceptSchema(name, options.stream, 'cli')
      if (options.json) console.log(JSON.stringify({ connection: name, streams }))
      else if (streams.length === 0) console.log('No sync waits to be allowed: the next one takes what the source has.')
      else {
        for (const stream of streams)
          console.log(`${out.green('accepted')} ${stream}: the next sync takes its fields as the source has them.`)
        console.log(`\nNext: millrace sync ${name}`)
      }
      return 0
    })
  },
}
