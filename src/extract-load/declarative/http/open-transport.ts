import type { HttpTransport } from '../contract.js'
import { httpTransport } from './http-transport.js'

export interface OpenTransport {
  /** False for manifests that are not trusted: nothing inside a private network is asked. */
  readonly allowsPrivateAddresses: boolean
}

/** The network as the environment of this process has it. The caller closes it. */
export const openTransport = ({ allowsPrivateAddresses }: OpenTransport): HttpTransport & { close(): Promise<void> } =>
  httpTransport({ isPrivateRefused: !allowsPrivateAddresses })
