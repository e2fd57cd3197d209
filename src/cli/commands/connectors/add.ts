import { Option } from 'commander'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { interruptSignal } from '../../interrupt.js'
import { openProject } from '../../open-project.js'
import { out } from '../../output/colors.js'
import { schemaText } from '../../output/schema-text.js'
import { terminalWidth } from '../../output/table.js'

interface AddOptions extends GlobalOptions {
  readonly name?: string
  readonly replace?: boolean
}

export const add: CommandDefinition = {
  name: 'add',
  arguments: [
    [
      '<manifest>',
      "a path, an address, a source of Airbyte's catalog (airbyte:name[@version]), or an npm package (npm:name[@version][/file])",
    ],
  ],
  summary: 'Add a connector to the project: a manifest of Airbyte, read here without Python',
  details:
    'The manifest is kept in the project, in extract_load/connectors/<name>/, and is a connector of that name from then on. It is checked before anything is written: a component that cannot be run is named. What comes from an address or a package is fetched this once, and may not ask for addresses inside a private network.',
  options: [
    new Option('--name <name>', 'what it is called; told by where it comes from when left out'),
    new Option('--replace', 'in the place of the one that has the name'),
  ],
  examples: [
    ['millrace connectors add ./source-shop/manifest.yaml', 'of a file'],
    ['millrace connectors add airbyte:source-pokeapi', "of Airbyte's catalog"],
    ['millrace connectors add https://example.com/source-shop/manifest.yaml', 'of an address'],
    ['millrace connectors add npm:@example/source-shop@1.2.0 --name shop', 'of an npm package'],
  ],
  json: '{name, manifest, isTrusted, warnings, spec, documentationUrl?}',
  async run(from: string, options: AddOptions) {
    const { addConnector } = await import('../../../extract-load/index.js')
    const project = await openProject(options)
    const added = await addConnector({
      from,
      name: options.name,
      folder: project.extractLoadDir,
      replaces: options.replace ?? false,
      cwd: process.cwd(),
      signal: interruptSignal(),
    })
    if (options.json) {
      console.log(JSON.stringify(added))
      return 0
    }
    const { name, manifest, isTrusted, warnings, spec, documentationUrl } = added
    for (const warning of warnings) console.log(`${out.yellow('warning')} ${warning}`)
    console.log(`${out.green('added')} ${out.bold(name)}  ${out.dim(manifest)}`)
    if (!isTrusted)
      console.log(
        out.dim(
          'It came from outside this project: it may ask for addresses inside a private network only where a connection says `allows_private_addresses: true`.',
        ),
      )
    if (documentationUrl !== undefined) console.log(out.dim(documentationUrl))
    console.log(`\n${schemaText(spec, terminalWidth()) || 'It takes no settings.'}`)
    console.log(`\nNext: millrace connectors preview ${name}, then millrace connections create --connector ${name}`)
    return 0
  },
}
