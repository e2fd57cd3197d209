/** What Python's `urllib.parse.quote` leaves as it is, whatever else is safe. */
const always = /[A-Za-z0-9_.~-]/

const encoder = new TextEncoder()

/** Python's `quote`: each byte that is neither plain nor among `safe`, as `%XX`. Half a pair of surrogates becomes U+FFFD. */
export function quote(text: string, safe: string): string {
  let out = ''
  for (const character of text)
    out +=
      always.test(character) || safe.includes(character)
        ? character
        : Array.from(encoder.encode(character), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(
            '',
          )
  return out
}

/** Python's `quote_plus`, as forms are encoded. */
export const quotePlus = (text: string): string =>
  /^[A-Za-z0-9_.~-]*$/.test(text) ? text : quote(text, ' ').replaceAll(' ', '+')

/** Python's `unquote_plus`, of a part of a query. */
export function unquotePlus(text: string): string {
  const spaced = text.replaceAll('+', ' ')
  return spaced.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'))
}
