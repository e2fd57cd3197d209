import { audited } from '../../audited.js'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { withQueue } from '../../open-project.js'
import { requireDynamic } from './require-dynamic.js'

export const add: CommandDefinition = {
  name: 'add',
  arguments: [
    ['<name>', 'the name of the partitions: partitions.dynamic(name)'],
    ['<keys...>', 'keys'],
  ],
  summary: 'Add keys of dynamic partitions',
  examples: [['millrace partitions add customers acme globex', 'two keys of `customers`']],
  json: 'the keys that there are now',
  async run(name: string, keys: readonly string[], options: GlobalOptions) {
    const { requireNewKey } = await import('../../../orchestrate/index.js')
    keys.forEach(requireNewKey)
    return withQueue(options, async (queue) => {
      const { store, access } = queue
      await requireDynamic(queue, name)
      await audited(access, { action: 'partitions add', what: `${name}: ${keys.join(', ')}` }, () =>
        store.addDynamicPartitions(name, keys),
      )
      const all = (await store.dynamicPartitions([name])).get(name) ?? []
      console.log(
        options.json ? JSON.stringify(all) : `Added. ${name} has ${all.length} key${all.length === 1 ? '' : 's'} now.`,
      )
      return 0
    })
  },
}
