import { Option } from 'commander'
import type { CommandDefinition, GlobalOptions } from '../command.js'
import { withEngine } from '../open-project.js'

interface TypesOptions extends GlobalOptions {
  readonly check?: boolean
}

export const types: CommandDefinition = {
  name: 'types',
  summary: 'Tell TypeScript which streams, models and columns the project has',
  details:
    'Writes millrace-types.d.ts beside definitions.ts, so that a name which the project does not have does not compile. `millrace up` keeps it up to date; git keeps it.',
  options: [new Option('--check', 'write nothing, and fail when the file is out of date')],
  examples: [
    ['millrace types', 'write the file'],
    ['millrace types --check && tsc --noEmit', 'in CI'],
  ],
  json: '{path, status}: `changed` or `unchanged`',
  async run(options: TypesOptions) {
    const { path, status } = await withEngine(options, (engine) => engine.writeTypes({ isDryRun: options.check }))
    if (options.json) console.log(JSON.stringify({ path, status }))
    else if (options.check)
      console.log(status === 'changed' ? `${path} is out of date: run \`millrace types\`.` : `${path} is up to date.`)
    else console.log(`${path} is ${status === 'changed' ? 'written' : 'up to date'}.`)
    return options.check && status === 'changed' ? 1 : 0
  },
}
