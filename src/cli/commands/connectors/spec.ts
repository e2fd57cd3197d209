import { Option } from 'commander'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { cliErrors } from '../../errors.js'
import { interruptSignal } from '../../interrupt.js'
import { out } from '../../output/colors.js'
import { schemaText } from '../../output/schema-text.js'
import { terminalWidth } from '../../output/table.js'
import { findConnector } from './find-connector.js'

interface SpecOptions extends GlobalOptions {
  readonly image?: string
  readonly command?: readonly string[]
  readonly containerEngine?: string
}

export const spec: CommandDefinition = {
  name: 'spec',
  arguments: [['[connector]', 'a connector that `millrace connectors` lists']],
  summary: 'The settings alone; of an Airbyte connector, asked of itself',
  options: [
    new Option('--image <image>', "an Airbyte connector's container image"),
    new Option('--command <command...>', 'one that is installed on this machine'),
    new Option('--container-engine <program>', 'what runs images (default: docker)'),
  ],
  examples: [
    ['millrace connectors spec postgres --json', 'as JSON Schema'],
    ['millrace connectors spec --image airbyte/source-faker:6.2.38', 'of a container image'],
    ['millrace connectors spec --command source-faker', 'of a program'],
    ['millrace connectors spec --image airbyte/destination-postgres:3.0.5', 'of a destination'],
  ],
  json: '{spec, documentationUrl?, destinationSyncModes?}, spec being JSON Schema',
  async run(name: string | undefined, options: SpecOptions) {
    const { image, command, containerEngine, json } = options
    if ([name, image, command].filter((one) => one !== undefined).length !== 1)
      throw cliErrors.create('CLI_USAGE', {
        message: 'A name, `--image` and `--command` each name a connector.',
        hint: 'Give one of them.',
      })
    const { programSpec } = await import('../../../extract-load/index.js')
    const { spec, documentationUrl, destinationSyncModes }: Awaited<ReturnType<typeof programSpec>> =
      name === undefined
        ? await programSpec({ image, command, containerEngine }, { dir: process.cwd(), signal: interruptSignal() })
        : { spec: (await findConnector(name, options)).found.spec, documentationUrl: undefined }
    if (json) console.log(JSON.stringify({ spec, documentationUrl, destinationSyncModes }))
    else {
      if (documentationUrl !== undefined) console.log(`${out.dim(documentationUrl)}\n`)
      console.log(schemaText(spec, terminalWidth()))
      if (destinationSyncModes !== undefined)
        console.log(`\n${out.dim(`As a destination it can: ${destinationSyncModes.join(', ')}`)}`)
    }
    return 0
  },
}
