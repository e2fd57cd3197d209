/** A path as it may be shown: of an address neither who signs in, nor what stands for signing in. */
export const shownPath = (path: string): string =>
  path.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^@/]*@/i, '$1').replace(/^(https?:\/\/[^?]*)\?.*$/is, '$1')
