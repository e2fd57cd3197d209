import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { withStore } from '../../open-project.js'

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
    return withStore(options, async (store) => {
      await store.removeDynamicPartitions(name, keys)
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
