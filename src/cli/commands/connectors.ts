import { didYouMean } from '../../base/index.js'
import type { CommandDefinition, GlobalOptions } from '../command.js'
import { cliErrors } from '../errors.js'
import { out } from '../output/colors.js'
import { schemaText } from '../output/schema-text.js'
import { terminalWidth, textTable } from '../output/table.js'

export const connectors: CommandDefinition = {
  name: 'connectors',
  arguments: [['[name]', 'one connector, with its settings']],
  summary: 'List the connectors, or show what one takes',
  examples: [
    ['millrace connectors', 'all of them'],
    ['millrace connectors file', 'the settings of one'],
    ['millrace connectors file --json', 'the same as JSON Schema'],
  ],
  json: 'an array of {name, kind, releaseStage, description, spec}; with a name, one of them',
  async run(name: string | undefined, options: GlobalOptions) {
    const { listConnectors } = await import('../../extract-load/index.js')
    const all = listConnectors()
    if (name === undefined) {
      if (options.json) console.log(JSON.stringify(all))
      else
        console.log(
          textTable(
            [{ name: 'connector' }, { name: 'kind' }, { name: 'stage' }, { name: 'what' }],
            all.map((one) => [one.name, one.kind, one.releaseStage, one.description]),
            { width: terminalWidth(), wrapLast: true },
          ),
        )
      return 0
    }
    const found = all.find((one) => one.name === name)
    if (!found) {
      const names = all.map((one) => one.name)
      throw cliErrors.create('CLI_USAGE', {
        message: `There is no connector \`${name}\`.`,
        hint: [didYouMean(name, names), `Connectors: ${names.join(', ')}.`].filter((part) => part).join(' '),
      })
    }
    if (options.json) console.log(JSON.stringify(found))
    else {
      console.log(`${out.bold(found.name)}  ${out.dim(`${found.kind}, ${found.releaseStage}`)}\n${found.description}\n`)
      console.log(schemaText(found.spec, terminalWidth()))
    }
    return 0
  },
}
