import { lookup as systemLookup } from 'node:dns'
import { lookup as lookupHost } from 'node:dns/promises'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { failure } from '../failure.js'

const privateAddresses = new BlockList()
// Of IANA's registries of special purpose addresses: what is no address of the public Internet.
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  privateAddresses.addSubnet(network, bits, 'ipv4')
for (const [network, bits] of [
  ['::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 32],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 9],
  ['ff00::', 8],
] as const)
  privateAddresses.addSubnet(network, bits, 'ipv6')

/** IPv6 prefixes that have an address of IPv4 in their last 32 bits. */
const embedding = /^(?:::ffff:(?:0:)?|64:ff9b::)(.+)$/i

/** @param address an IP address, as text */
export function isPrivateAddress(address: string): boolean {
  const plain = address.replace(/%.*$/, '')
  const family = isIP(plain)
  if (family === 4) return privateAddresses.check(plain, 'ipv4')
  if (family !== 6) return false
  const normal = new URL(`http://[${plain}]`).hostname.slice(1, -1)
  const inner = embedding.exec(normal)?.[1]
  if (inner !== undefined) {
    const [high = 0, low = 0] = inner.split(':').map((part) => Number.parseInt(part, 16))
    return isPrivateAddress([high >> 8, high & 255, low >> 8, low & 255].join('.'))
  }
  return privateAddresses.check(plain, 'ipv6')
}

const trustHint =
  'If you know the manifest and want it to reach that address, write `allows_private_addresses: true` into `source.config` of the connection; of `connectors preview` it is the flag --allow-private-addresses, of `connections create` --set allows_private_addresses=true.'

const hostUnknown = (host: string) =>
  failure('API_ADDRESS_REFUSED', {
    message: `The manifest asks \`${host}\`, of which nobody here can say whether it lies inside a private network, and the manifest came from outside this project.`,
    hint: trustHint,
    failureType: 'config_error',
  })

export const addressRefused = (host: string) =>
  failure('API_ADDRESS_REFUSED', {
    message: `The manifest asks \`${host}\`, which is an address inside a private network, and the manifest came from outside this project.`,
    hint: trustHint,
    failureType: 'config_error',
  })

/** Resolves a host for a connection that is made at once: nobody can change the answer in between. */
export const publicLookup: LookupFunction = (host, options, callback) => {
  systemLookup(host, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '', 0)
    if (addresses.some(({ address }) => isPrivateAddress(address))) return callback(addressRefused(host), '', 0)
    if (options.all) return callback(null, addresses)
    const [first] = addresses
    callback(null, first?.address ?? '', first?.family ?? 0)
  })
}

/** Of a host that somebody else resolves: a proxy, which may know more hosts. @throws API_ADDRESS_REFUSED */
export async function assertPublicHost(host: string, lookup: typeof lookupAll = lookupAll): Promise<void> {
  assertPublicLiteral(host)
  const addresses = await lookup(host.replace(/^\[|\]$/g, '')).catch(() => [])
  if (addresses.length === 0) throw hostUnknown(host)
  if (addresses.some(({ address }) => isPrivateAddress(address))) throw addressRefused(host)
}

const lookupAll = (host: string): Promise<readonly { readonly address: string }[]> => lookupHost(host, { all: true })

/** An address that stands in the URL itself is not looked up. @throws API_ADDRESS_REFUSED */
export function assertPublicLiteral(host: string): void {
  if (isPrivateAddress(host.replace(/^\[|\]$/g, ''))) throw addressRefused(host)
}
