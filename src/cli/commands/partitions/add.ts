import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { withStore } from '../../open-project.js'

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
    const { requireKey } = await import('../../../orchestrate/index.js')
    keys.forEach(requireKey)
    return withStore(options, async (store) => {
      await store.addDynamicPartitions(name, keys)
      const all = (await store.dynamicPartitions([name])).get(name) ?? []
      console.log(
        options.json ? JSON.stringify(all) : `Added. ${name} has ${all.length} key${all.length === 1 ? '' : 's'} now.`,
      )
      return 0
    })
  },
}
