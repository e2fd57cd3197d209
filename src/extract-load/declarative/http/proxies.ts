import { BlockList, isIPv4 } from 'node:net'

type Environment = Readonly<Record<string, string | undefined>>

/** The proxy by which a request goes, by the rules of Python's `requests`: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY in either case. */
export function proxyFor(url: URL, env: Environment): string | undefined {
  if (isBypassed(url, variable(env, 'no_proxy'))) return undefined
  const proxy = variable(env, `${url.protocol.slice(0, -1)}_proxy`) || variable(env, 'all_proxy')
  if (!proxy) return undefined
  return proxy.includes('://') ? proxy : `http://${proxy}`
}

/** What is written small goes before what is written large. */
const variable = (env: Environment, name: string): string | undefined => env[name] ?? env[name.toUpperCase()]

function isBypassed({ hostname, port }: URL, list: string | undefined): boolean {
  const hosts = (list ?? '').split(',').flatMap((one) => one.trim() || [])
  if (hosts.includes('*')) return true
  const host = hostname.replace(/^\[|\]$/g, '')
  if (isIPv4(host)) return hosts.some((one) => one === host || isInNetwork(host, one))
  return hosts.some((one) => host.endsWith(one) || `${host}:${port}`.endsWith(one))
}

function isInNetwork(address: string, network: string): boolean {
  const [base = '', bits] = network.split('/')
  if (bits === undefined || !isIPv4(base) || !/^(?:[1-9]|[12]\d|3[012])$/.test(bits)) return false
  const list = new BlockList()
  list.addSubnet(base, Number(bits), 'ipv4')
  return list.check(address)
}
