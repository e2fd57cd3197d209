import { expect, it } from 'vitest'
import { scriptedResponse, scriptedScope } from '../../testing/scripted-scope.js'

it('fails where nobody hears what it says any more, and leaves no promise behind', async () => {
  const { build } = scriptedScope({
    services: {
      say: async () => {
        throw new Error('nobody listens')
      },
    },
  })
  const strategy = build('backoff_strategy', {
    type: 'WaitTimeFromResponse',
    wait_time_in_seconds: "{{ response['error']['wait'] }}",
  })
  await expect(strategy.backoff(scriptedResponse({ json: {} }), 1)).rejects.toThrow('nobody listens')
})
