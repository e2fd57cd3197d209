import { z } from 'zod'
import { defineComponent } from '../../component.js'
import { failure } from '../../failure.js'
import { checkAvailable } from './check-available.js'
import { checkStreamNames } from './check-stream-names.js'
import { configOverridesSchema } from './config-overrides.js'
import { dynamicStreamCheckConfigSchema } from './dynamic-stream-check-config.js'

/** Reads a record of some streams. */
export const checkStream = defineComponent({
  type: 'CheckStream',
  kind: 'check',
  schema: z.looseObject({
    type: z.literal('CheckStream'),
    stream_names: z.array(z.string()).optional(),
    dynamic_streams_check_configs: z.array(dynamicStreamCheckConfigSchema).optional(),
    config_overrides: configOverridesSchema.optional(),
  }),
  build: (definition, { config }) => {
    if (!definition.stream_names && !definition.dynamic_streams_check_configs) throw checksNothing()
    return {
      configOverrides: definition.config_overrides,
      run: async (streams) => {
        const names = checkStreamNames(config) ?? definition.stream_names ?? []
        const streamNamed = await streams.named(names)
        for (const name of names) await checkAvailable(streamNamed(name))
        for (const { dynamic_stream_name: name, stream_count: count } of definition.dynamic_streams_check_configs ??
          []) {
          const made = await streams.madeBy(name)
          if (!made)
            throw failure('MANIFEST_INVALID', {
              message: `The dynamic stream \`${name}\`, which is to be checked, is not in the manifest.`,
              hint: 'Correct its name in `dynamic_streams_check_configs`.',
              failureType: 'config_error',
            })
          for (const stream of made.slice(0, count)) await checkAvailable(stream)
        }
      },
    }
  },
})

const checksNothing = (): Error =>
  failure('MANIFEST_INVALID', {
    message: 'The check of the manifest names nothing to check.',
    hint: 'Give CheckStream `stream_names` or `dynamic_streams_check_configs`.',
    failureType: 'system_error',
  })
