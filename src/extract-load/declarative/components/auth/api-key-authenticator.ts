import { z } from 'zod'
import { registerSecret } from '../../../../base/index.js'
import { str } from '../../../../jinja/index.js'
import { defineComponent } from '../../component.js'
import { compileRequestOption, requestOptionSchema } from '../requests/request-option.js'
import { headersWith, optionsWith } from './token-options.js'

export const apiKeyAuthenticator = defineComponent({
  type: 'ApiKeyAuthenticator',
  kind: 'authenticator',
  schema: z
    .looseObject({
      type: z.literal('ApiKeyAuthenticator'),
      api_token: z.string().nullish(),
      header: z.string().nullish(),
      inject_into: requestOptionSchema.nullish(),
    })
    .refine(({ header, inject_into }) => (header == null) !== (inject_into == null), {
      message: 'needs either `inject_into` or `header`',
    }),
  build: (definition, { interpolation }) => {
    const place = compileRequestOption(
      definition.inject_into ?? { inject_into: 'header', field_name: definition.header ?? '' },
      interpolation,
    )
    const value = definition.api_token ? interpolation.value(definition.api_token) : () => ''
    const token = () => {
      const text = str(value())
      registerSecret(text)
      return text
    }
    return {
      requestOptions: async () => optionsWith(place, token()),
      signature: async () => headersWith(place, token()),
    }
  },
})
