import { expect, it } from 'vitest'
import { assertPublicHost, isPrivateAddress } from './private-addresses.js'

it.each([
  ['10.1.2.3', true],
  ['8.8.8.8', false],
  ['::7f00:1', true],
  ['64:ff9b::7f00:1', true],
  ['64:ff9b::808:808', false],
  ['64:ff9b:1::808:808', true],
  ['2001:0:7f00:1::', true],
  ['2002:7f00:1::', true],
  ['2001:4860:4860::8888', false],
])('knows whether %s is of a private network: %s', (address, isPrivate) => {
  expect(isPrivateAddress(address)).toBe(isPrivate)
})

it('lets a proxy ask only for hosts of which it knows where they are', async () => {
  const known = { 'api.test': ['8.8.8.8'], 'in.test': ['8.8.8.8', '10.0.0.1'], 'none.test': [] }
  const lookup = async (host: string) => {
    const found = known[host as keyof typeof known]
    if (!found) throw new Error('ENOTFOUND')
    return found.map((address) => ({ address }))
  }
  await assertPublicHost('api.test', lookup)
  for (const host of ['in.test', 'none.test', 'metadata.internal', '[::1]'])
    await expect(assertPublicHost(host, lookup), host).rejects.toMatchObject({ code: 'API_ADDRESS_REFUSED' })
})
