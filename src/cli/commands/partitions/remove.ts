import { audited } from '../../audited.js'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { withQueue } from '../../open-project.js'
import { stderrLogger } from '../../output/stderr-logger.js'
import { requireDynamic } from './require-dynamic.js'

export const remove: CommandDefinition = {
  name: 'remove',
  arguments: [
    ['<name>', 'the name of the partitions: partitions.dynamic(name)'],
    ['<keys...>', 'keys'],
  ],
  summary: 'Remove keys of dynamic partitions; what was made of them stays',
  examples: [['millrace partitions remove customers acme globex', 'two keys of `customers`']],
  json: 'the keys that there are now',
  async run(name: string, keys: readonly string[], options: GlobalOptions) {
    return withQueue(options, async (queue) => {
      const { store, access } = queue
      const { keysInWork } = await import('../../../orchestrate/index.js')
      const definitions = await requireDynamic(queue, name)
      const inWork = await keysInWork(store, definitions, { name, keys })
      await audited(access, { action: 'partitions remove', what: `${name}: ${keys.join(', ')}` }, () =>
        store.removeDynamicPartitions(name, keys),
      )
      for (const { key, asset, runId } of inWork)
        stderrLogger().warn(
          `${key} is being made: run ${runId} of ${asset} goes on, and what it makes of ${key} is no partition of ${asset} any more.`,
        )
      const all = (await store.dynamicPartitions([name])).get(name) ?? []
      console.log(
        options.json
          ? JSON.stringify(all)
          : `Removed. ${name} has ${all.length} key${all.length === 1 ? '' : 's'} now.`,
      )
      return 0
    })
  },
}
