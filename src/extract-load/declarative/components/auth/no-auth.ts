import { z } from 'zod'
import { defineComponent } from '../../component.js'

export const noAuth = defineComponent({
  type: 'NoAuth',
  kind: 'authenticator',
  schema: z.looseObject({ type: z.literal('NoAuth') }),
  build: () => ({ requestOptions: async () => ({}), signature: async () => ({}) }),
})
