/** A part of an address without its `%40`; as it is, where it is not written as addresses are. */
export function uriDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
