import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { failure } from '../failure.js'

/**
 * Certificates of authorities in place of the usual ones: the file or folder that REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names, as the CDK has it.
 * Undefined: those of Node, with what NODE_EXTRA_CA_CERTS adds.
 */
export function trustedCertificates(env: Readonly<Record<string, string | undefined>>): string[] | undefined {
  const name = ['REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'].find((one) => env[one])
  const path = name === undefined ? undefined : env[name]
  if (path === undefined) return undefined
  try {
    const files = statSync(path).isDirectory() ? readdirSync(path).map((file) => join(path, file)) : [path]
    return files.flatMap((file) => (statSync(file).isFile() ? readFileSync(file, 'utf8') : []))
  } catch (error) {
    throw failure('API_UNAVAILABLE', {
      message: `The variable ${name} names \`${path}\`, where no certificates can be read.`,
      hint: `Let it name a file in the PEM format, or unset it.`,
      failureType: 'config_error',
      cause: error,
    })
  }
}
