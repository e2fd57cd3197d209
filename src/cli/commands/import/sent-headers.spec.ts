import { expect, it } from 'vitest'
import { sentHeaders } from './sent-headers.js'

const env = { TOKEN: 'from-env' }

it('values come from variables; what is no secret may stand there', () => {
  const header = ['Authorization: Bearer ${TOKEN}', 'X-Team: data']
  expect(sentHeaders({ header }, env)).toEqual({ Authorization: 'Bearer from-env', 'X-Team': 'data' })
})

it.each(['Authorization', 'proxy-authorization', 'Cookie', 'X-Api-Key', 'Dagster-Cloud-Api-Token', 'X-Auth'])(
  '%s is refused in clear, and not shown',
  (name) => {
    expect(() => sentHeaders({ header: [`${name}: in-clear`] }, env)).toThrow(
      expect.objectContaining({ code: 'CLI_USAGE', message: expect.not.stringContaining('in-clear') }),
    )
  },
)

it('a variable that is not set is named', () => {
  expect(() => sentHeaders({ header: ['Cookie: ${NOPE}'] }, env)).toThrow('NOPE, which is not set')
})
