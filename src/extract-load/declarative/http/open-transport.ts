import type { HttpTransport } from '../component-contract.js'
import { httpTransport } from './http-transport.js'

export interface OpenTransport {
  /** False for manifests that are not trusted: nothing inside a private network is asked. `as named`: only what a request names, where no redirect leads. */
  readonly allowsPrivateAddresses: boolean | 'as named'
  /** Of a body that is read as a whole. */
  readonly maxBodyBytes?: number | undefined
}

/** The network as the environment of this process has it. The caller closes it. */
export const openTransport = ({
  allowsPrivateAddresses,
  maxBodyBytes,
}: OpenTransport): HttpTransport & { close(): Promise<void> } =>
  httpTransport({
    isPrivateRefused: allowsPrivateAddresses === 'as named' ? 'where a redirect leads' : !allowsPrivateAddresses,
    maxBodyBytes,
  })
