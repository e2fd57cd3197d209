import { z } from 'zod'
import { str } from '../../../../jinja/index.js'
import { defineComponent } from '../../component.js'
import { headerAuthenticator } from './header-authenticator.js'

export const bearerAuthenticator = defineComponent({
  type: 'BearerAuthenticator',
  kind: 'authenticator',
  schema: z.looseObject({ type: z.literal('BearerAuthenticator'), api_token: z.string() }),
  build: ({ api_token }, { interpolation }) => {
    const token = interpolation.value(api_token)
    return headerAuthenticator(() => ({ Authorization: `Bearer ${str(token())}` }))
  },
})
