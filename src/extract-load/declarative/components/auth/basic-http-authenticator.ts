import { z } from 'zod'
import { registerSecret } from '../../../../base/index.js'
import { str } from '../../../../jinja/index.js'
import { defineComponent } from '../../component.js'
import { headerAuthenticator } from './header-authenticator.js'

export const basicHttpAuthenticator = defineComponent({
  type: 'BasicHttpAuthenticator',
  kind: 'authenticator',
  schema: z.looseObject({
    type: z.literal('BasicHttpAuthenticator'),
    username: z.string(),
    password: z.string().nullish(),
  }),
  build: (definition, { interpolation }) => {
    const username = interpolation.value(definition.username)
    const password = definition.password ? interpolation.value(definition.password) : () => ''
    return headerAuthenticator(() => {
      const secret = str(password())
      registerSecret(secret)
      return { Authorization: `Basic ${Buffer.from(`${str(username())}:${secret}`).toString('base64')}` }
    })
  },
})
