import { Option } from 'commander'
import { didYouMean } from '../../base/index.js'
import type { CommandDefinition, GlobalOptions } from '../command.js'
import { cliErrors } from '../errors.js'
import { interruptSignal } from '../interrupt.js'
import { out } from '../output/colors.js'
import { schemaText } from '../output/schema-text.js'
import { terminalWidth, textTable } from '../output/table.js'

interface ConnectorsOptions extends GlobalOptions {
  readonly image?: string
  readonly command?: readonly string[]
}

export const connectors: CommandDefinition = {
  name: 'connectors',
  arguments: [['[name]', 'one connector, with its settings']],
  summary: 'List the connectors, or show what one takes',
  options: [
    new Option('--image <image>', "the settings of an Airbyte connector's image, asked of itself"),
    new Option('--command <command...>', 'the same of one that is installed on this machine'),
  ],
  examples: [
    ['millrace connectors', 'all of them'],
    ['millrace connectors file', 'the settings of one'],
    ['millrace connectors file --json', 'the same as JSON Schema'],
    ['millrace connectors --command source-faker', 'the settings of an Airbyte connector'],
  ],
  json: 'an array of {name, kind, releaseStage, description, spec}; with a name, one of them; of a program {spec, documentationUrl?}',
  async run(name: string | undefined, options: ConnectorsOptions) {
    const { listConnectors, programSpec } = await import('../../extract-load/index.js')
    const { image, command } = options
    if (image !== undefined || command !== undefined) {
      if (name !== undefined || (image !== undefined && command !== undefined))
        throw cliErrors.create('CLI_USAGE', {
          message: 'A name, `--image` and `--command` each name a connector.',
          hint: 'Give one of them.',
        })
      const asked = await programSpec({ image, command }, { dir: process.cwd(), signal: interruptSignal() })
      if (options.json) console.log(JSON.stringify(asked))
      else {
        if (asked.documentationUrl !== undefined) console.log(`${out.dim(asked.documentationUrl)}\n`)
        console.log(schemaText(asked.spec, terminalWidth()))
      }
      return 0
    }
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
