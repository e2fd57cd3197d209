import { didYouMean } from '../../../base/index.js'
import type { Definitions } from '../../../orchestrate/index.js'
import { cliErrors } from '../../errors.js'
import type { RunQueue } from '../../open-project.js'

/** The definitions. @throws CLI_USAGE for a name that no asset's partitions have, and of which there are no keys */
export async function requireDynamic(
  { engine, store }: Pick<RunQueue, 'engine' | 'store'>,
  name: string,
): Promise<Definitions> {
  const { dynamicNames, notKnownSince } = await import('../../../orchestrate/index.js')
  const definitions = await engine.reload()
  const { assets, broken = [] } = definitions
  const declared = assets.flatMap(({ partitions }) => (partitions ? dynamicNames(partitions) : []))
  const known = [...new Set([...declared, ...(await store.dynamicPartitions()).keys()])].sort()
  if (known.includes(name)) return definitions
  throw cliErrors.create('CLI_USAGE', {
    message: `No asset has the dynamic partitions \`${name}\`.`,
    hint: [
      ...broken.flatMap(notKnownSince),
      ...(known.length === 0
        ? ['definitions.ts gives an asset some: partitions.dynamic(name).']
        : [didYouMean(name, known), `There are ${known.join(', ')}.`]),
    ]
      .filter(Boolean)
      .join(' '),
  })
}
