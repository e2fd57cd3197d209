import { listConnectors } from '../../extract-load/index.js'
import { cliErrors } from '../errors.js'
import { type GlobalOptions, withEngine } from '../globals.js'
import { textTable } from '../output/table.js'

export async function check(name: string, options: GlobalOptions): Promise<number> {
  return withEngine(options, async (engine) => {
    const result = await engine.checkConnection(name)
    if (options.json) console.log(JSON.stringify(result))
    else {
      console.log(`${name}: ${result.status}${result.message ? ` (${result.message})` : ''}`)
      if (result.error?.hint) console.log(`  hint ${result.error.hint}`)
    }
    return result.status === 'succeeded' ? 0 : 1
  })
}

export async function discover(name: string, options: GlobalOptions): Promise<number> {
  return withEngine(options, async (engine) => {
    const streams = await engine.discoverConnection(name)
    if (options.json) console.log(JSON.stringify(streams))
    else
      for (const stream of streams) {
        console.log(`${stream.name} (${stream.supportedSyncModes.join(', ')})`)
        const properties = (stream.jsonSchema.properties ?? {}) as Record<string, { type?: unknown; format?: string }>
        console.log(
          textTable(
            ['  field', 'type'],
            Object.entries(properties).map(([field, schema]) => [
              `  ${field}`,
              [...[schema.type].flat().filter((type) => type !== 'null'), schema.format]
                .filter((part) => part)
                .join(' '),
            ]),
          ),
        )
      }
    return 0
  })
}

export async function connectors(name: string | undefined, options: GlobalOptions): Promise<number> {
  const all = listConnectors()
  if (name === undefined || name === 'list') {
    if (options.json) console.log(JSON.stringify(all))
    else
      console.log(
        textTable(
          ['connector', 'kind', 'stage', 'what'],
          all.map((one) => [one.name, one.kind, one.releaseStage, one.description]),
        ),
      )
    return 0
  }
  const found = all.find((one) => one.name === name)
  if (!found)
    throw cliErrors.create('CLI_USAGE', {
      message: `There is no connector \`${name}\`.`,
      hint: `Connectors: ${all.map((one) => one.name).join(', ')}.`,
    })
  console.log(JSON.stringify(options.json ? found : found.spec, null, 2))
  return 0
}
