import { z } from 'zod'
import { str } from '../../../../jinja/index.js'
import { defineComponent, part } from '../../component.js'
import { compileGet } from '../../dpath/index.js'
import { failure } from '../../failure.js'

/** The one of several authenticators that the settings choose. */
export const selectiveAuthenticator = defineComponent({
  type: 'SelectiveAuthenticator',
  kind: 'authenticator',
  schema: z.looseObject({
    type: z.literal('SelectiveAuthenticator'),
    authenticator_selection_path: z.array(z.string()),
    authenticators: z.record(z.string(), part('authenticator')),
  }),
  build: (definition, { config, build }, given) => {
    const path = definition.authenticator_selection_path
    const choice = compileGet(path)(config)
    const chosen = choice === undefined ? undefined : definition.authenticators[str(choice)]
    if (chosen) return build('authenticator', chosen, given)
    throw failure('MANIFEST_CONFIG_INVALID', {
      message:
        choice === undefined
          ? `The settings have nothing at ${path.join('.')}, which says how to authenticate.`
          : `The settings have \`${str(choice)}\` at ${path.join('.')}, and there is no way to authenticate of that name.`,
      hint: `Set it to ${Object.keys(definition.authenticators).join(' or ')}.`,
      failureType: 'system_error',
    })
  },
})
