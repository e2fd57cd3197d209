import { platformErrors } from '../errors.js'

/**
 * The address of a server whose things are to be imported.
 * @param text as somebody wrote it after `--url`
 * @param example an address as it should be
 * @param signIn how to say who asks instead
 * @throws IMPORT_URL_INVALID also where it names a user: that is not sent, and would be shown
 */
export function serverAddress(
  text: string,
  { example, signIn }: { readonly example: string; readonly signIn: string },
): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol))
    throw platformErrors.create('IMPORT_URL_INVALID', {
      // Who forgets `http://` may have a password before the @.
      message: `\`${text.replace(/[^/]*@/, '…@')}\` is not the address of a server.`,
      hint: `For example: --url ${example}`,
    })
  if (url.username !== '' || url.password !== '')
    throw platformErrors.create('IMPORT_URL_INVALID', {
      message: `The address of ${url.host} names a user, which is not sent to it.`,
      hint: `Leave the part before the @ out: --url ${url.protocol}//${url.host}${url.pathname}. ${signIn}`,
    })
  return url
}
